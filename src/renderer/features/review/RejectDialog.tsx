import { Button, Checkbox, Group, Kbd, Stack, TextInput } from '@mantine/core';
import { type FormEvent, type KeyboardEvent, useState } from 'react';
import { ISSUE_TAGS, REVIEW_TAG_MOST } from '../../../shared/model/review.ts';
import { text } from '../../text.ts';
import { Dialog } from '../../ui/Dialog.tsx';
import { tagsOf } from './tags.ts';

interface RejectDialogProps {
  title: string;
  /** What the button says that ends it. */
  confirm: string;
  onReject(tags: string[]): void;
  onClose(): void;
}

/** Why it is rejected: the audit's tags by number, and free words. Enter rejects. */
export function RejectDialog({ title, confirm, onReject, onClose }: RejectDialogProps) {
  const [chosen, setChosen] = useState<readonly string[]>([]);
  const [words, setWords] = useState('');
  const toggle = (tag: string) => setChosen(chosen.includes(tag) ? chosen.filter((other) => other !== tag) : [...chosen, tag]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.target instanceof HTMLInputElement && event.target.type === 'text') return;
    const tag = ISSUE_TAGS[Number(event.key) - 1];
    if (!tag) return;
    event.preventDefault();
    toggle(tag);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onReject([...chosen, ...tagsOf(words)]);
  };
  const t = text.reviewing;
  return (
    <Dialog opened onClose={onClose} title={title} onTop>
      <form onSubmit={submit} onKeyDown={onKeyDown}>
        <Stack gap="sm">
          <Checkbox.Group label={t.reasons} description={t.reasonsAbout} value={[...chosen]}>
            <Stack gap={8} mt={8}>
              {ISSUE_TAGS.map((tag, i) => (
                <Group key={tag} gap={8} wrap="nowrap">
                  <Kbd size="xs" aria-hidden>
                    {i + 1}
                  </Kbd>
                  <Checkbox value={tag} label={t.tags[tag]} onChange={() => toggle(tag)} data-autofocus={i === 0 || undefined} />
                </Group>
              ))}
            </Stack>
          </Checkbox.Group>
          <TextInput
            label={t.otherTags}
            description={t.otherTagsAbout}
            value={words}
            maxLength={REVIEW_TAG_MOST * 4}
            onChange={(event) => setWords(event.currentTarget.value)}
          />
          <Group justify="flex-end" gap={8}>
            <Button variant="default" onClick={onClose}>
              {text.app.cancel}
            </Button>
            <Button type="submit" color="red.9">
              {confirm}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
