/** A server for the bench of HTTP, in a process of its own: reads what comes and answers with what was made beforehand. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { noisyPng } from '../helpers/fakes/png.ts';

const picture = JSON.stringify({
  created: 1,
  data: [{ b64_json: noisyPng(200_000).toString('base64') }],
  usage: { input_tokens: 900, output_tokens: 1056 },
});
const words = JSON.stringify({
  id: 'c',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [{ index: 0, message: { role: 'assistant', content: '{"adherence": 4.5, "aesthetics": 4.5}' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 2600, completion_tokens: 14, total_tokens: 2614 },
});

const server = createServer((request, response) => {
  request.resume().on('end', () => {
    const body = request.url!.startsWith('/v1/chat') ? words : picture;
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }).end(body);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send!((server.address() as AddressInfo).port));
process.on('disconnect', () => process.exit(0));
