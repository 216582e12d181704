import type { Endpoint, Params } from '../../../../shared/model/provider.ts';
import { headerSize } from '../../pixels/headerSize.ts';
import type { CallContext, EditRequest, GenerateRequest } from '../../ports.ts';
import type { SentPicture } from '../pictures.ts';
import { pictureUri } from './b64.ts';
import { bagelForSglang, bagelForVllmOmni, bagelPrompt } from './bagel.ts';
import { DIALECTS } from './dialects.ts';

/** Fields of /images/generations. */
export function generateFields(endpoint: Endpoint, request: GenerateRequest, ctx: CallContext): Params {
  return { ...pictureFields(endpoint, request.prompt, request.seed, ctx), size: `${request.width}x${request.height}`, ...ctx.params };
}

/** Fields of /images/edits, but for the pictures. */
export function editFields(endpoint: Endpoint, request: EditRequest, ctx: CallContext, picture: SentPicture): Params {
  const size = DIALECTS[endpoint.dialect].editSize ? headerSize(picture.bytes) : undefined;
  return {
    ...pictureFields(endpoint, request.instruction, request.seed, ctx),
    ...(size && { size: `${size.width}x${size.height}` }),
    ...ctx.params,
  };
}

function pictureFields(endpoint: Endpoint, prompt: string, seed: number, ctx: CallContext): Params {
  const dialect = DIALECTS[endpoint.dialect];
  return {
    model: ctx.model,
    prompt,
    n: 1,
    ...(dialect.responseFormat && { response_format: 'b64_json' }),
    ...(dialect.outputFormat && { output_format: 'png' }),
    ...(dialect.imageSeed === 'yes' && { seed }),
    ...(ctx.bagel && dialect.bagel === 'images' && bagelForSglang(ctx.bagel)),
  };
}

/** A picture asked for through the chat route of vllm-omni, with BAGEL's knobs; `pictures` (0 or 1) are to be edited. */
export function bagelChatBody(
  request: { text: string; seed: number; size?: { width: number; height: number } },
  ctx: CallContext,
  pictures: number,
): Record<string, unknown> {
  const words = { type: 'text', text: bagelPrompt(request.text) };
  const shown = Array.from({ length: pictures }, (_, i) => ({ type: 'image_url', image_url: { url: pictureUri(i) } }));
  return {
    model: ctx.model,
    modalities: ['image'],
    messages: [{ role: 'user', content: [words, ...shown] }],
    ...request.size,
    seed: request.seed,
    ...(ctx.bagel && bagelForVllmOmni(ctx.bagel)),
    ...ctx.params,
  };
}
