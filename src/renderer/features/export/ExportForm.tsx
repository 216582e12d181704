import { Alert, Button, Checkbox, Group, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { JobView } from '../../../shared/model/events.ts';
import type { ExportFormat } from '../../../shared/model/export.ts';
import type { TripletFilter } from '../../../shared/model/triplet.ts';
import { withoutEmpty } from '../../app/filterQuery.ts';
import { newestFirst } from '../../app/live.ts';
import { readError } from '../../app/readError.ts';
import { go } from '../../app/route.ts';
import { useLive, useStudio } from '../../app/studio.tsx';
import { text } from '../../text.ts';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { FilterFields } from '../../ui/FilterFields.tsx';
import { bytes, count as countText } from '../../ui/format.ts';
import { IconDownload } from '../../ui/icons.ts';
import { FormatCards } from './FormatCards.tsx';
import { WritingFields } from './WritingFields.tsx';
import { readCapList, USUAL_WRITING, writingOptions } from './writing.ts';

/** Milliseconds without a key before a folder's disk is asked. */
const REST = 300;

/** What goes out, how, and where to: one click with the usual choices. */
export function ExportForm({ filter, onSuccess }: { filter: TripletFilter; onSuccess(job: JobView): void }) {
  const { client, engine, desktop } = useStudio();
  const runs = useLive((s) => s.runs);
  const categories = useQuery(engine.triplets.categories.queryOptions());
  const [dir, setDir] = useState('');
  const [format, setFormat] = useState<ExportFormat>('nhr');
  const [writing, setWriting] = useState(USUAL_WRITING);
  const [verify, setVerify] = useState(true);
  const count = useCount(filter);
  const start = useMutation({
    mutationFn: () => client.transfer.startExport({ ...writingOptions(writing, format), format, dir: dir.trim(), filter, verify }),
    onSuccess,
  });
  const nothing = count.data?.count === 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    start.mutate();
  };
  return (
    <form onSubmit={submit} aria-label={text.export.title}>
      <div className="nhr-card nhr-export-form">
        <FormatCards value={format} onChange={setFormat} />
        <div>
          <Text size="sm" fw={500} mb={6}>
            {text.export.what}
          </Text>
          <FilterFields
            filter={filter}
            onChange={(next) => go({ screen: 'export', filter: withoutEmpty(next) }, 'replace')}
            runs={newestFirst(Object.values(runs))}
            categories={categories.data ?? []}
          />
          <p className="nhr-export-count" role="status">
            {count.data &&
              (nothing ? text.export.nothing : text.review.count(countText(count.data.count), count.data.exact, count.data.count === 1))}
            {!count.data && ' '}
          </p>
          {count.error && <ErrorNote error={readError(count.error)} onRetry={() => void count.refetch()} />}
        </div>
        <WritingFields format={format} writing={writing} onChange={(change) => setWriting((old) => ({ ...old, ...change }))} />
        <Group gap={8} align="flex-end" wrap="nowrap">
          <TextInput
            className="nhr-grow"
            label={text.export.folder}
            description={text.export.folderAbout}
            value={dir}
            onChange={(event) => setDir(event.currentTarget.value)}
          />
          {desktop && (
            <Button variant="default" onClick={async () => setDir((await desktop.pickFolder()) ?? dir)}>
              {text.export.pick}
            </Button>
          )}
        </Group>
        {!nothing && <Size filter={filter} format={format} dir={dir.trim()} />}
        {start.error && <ErrorNote error={readError(start.error)} />}
        <Group gap={16}>
          <Button
            type="submit"
            size="md"
            disabled={nothing || readCapList(writing.capList).bad !== undefined}
            loading={start.isPending}
            leftSection={<IconDownload aria-hidden size={18} />}
          >
            {text.export.go}
          </Button>
          <Checkbox label={text.export.verify} checked={verify} onChange={(event) => setVerify(event.currentTarget.checked)} />
        </Group>
      </div>
    </form>
  );
}

/** How many match. Counts grow while a run works; the number of triplets seen so far tells when to ask again. */
function useCount(filter: TripletFilter) {
  const { engine } = useStudio();
  const newest = useLive((s) => s.recent[0]?.id ?? 0);
  return useQuery(engine.triplets.count.queryOptions({ input: filter, refetchInterval: newest > 0 ? 5_000 : false }));
}

/** How large it will be, and whether there is room. */
function Size({ filter, format, dir }: { filter: TripletFilter; format: ExportFormat; dir: string }) {
  const { engine } = useStudio();
  const [folder] = useDebouncedValue(dir, REST);
  const size = useQuery(
    engine.transfer.estimateExport.queryOptions({ input: { filter, format, dir: folder }, placeholderData: keepPreviousData }),
  );
  if (!size.data || size.data.rows === 0) return <p className="nhr-quiet nhr-export-size">&nbsp;</p>;
  const { pictureBytes, neededBytes, freeBytes, linked } = size.data;
  const [needed, free] = [bytes(neededBytes), bytes(freeBytes)];
  if (neededBytes > freeBytes)
    return (
      <Alert color="orange" variant="light">
        {text.export.noRoom(needed, free)}
      </Alert>
    );
  return (
    <p className="nhr-quiet nhr-export-size">
      {text.export.size(bytes(pictureBytes))} · {text.export.room(needed, free)} {linked && text.export.linked}
    </p>
  );
}
