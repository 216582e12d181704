import { ActionIcon, Button, Menu, SegmentedControl, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useMemo, useState } from 'react';
import type { EndpointProfile } from '../../../shared/model/provider.ts';
import { readError } from '../../app/readError.ts';
import { formatRoute, go } from '../../app/route.ts';
import { text } from '../../text.ts';
import { BackLink } from '../../ui/BackLink.tsx';
import { Confirm } from '../../ui/Dialog.tsx';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { IconCopy, IconDots, IconTrash } from '../../ui/icons.ts';
import { LinedIssues } from '../../ui/LinedIssues.tsx';
import { Section } from '../../ui/Parts.tsx';
import { YamlEditor } from '../../ui/YamlEditor.tsx';
import { type Draft, fieldAt, readDraft, setField } from './draft.ts';
import { keepDraft, useDrafts } from './drafts.ts';
import { FormContext } from './fields.tsx';
import { LaneSection } from './LaneView.tsx';
import { ProbeSection } from './ProbeSection.tsx';
import { ProfileForm } from './ProfileForm.tsx';
import { useProbe } from './probes.ts';
import { RemoveEndpoint } from './RemoveEndpoint.tsx';
import { SelfTestSection } from './SelfTestSection.tsx';
import { useEndpointChanges } from './useEndpoints.ts';

interface EndpointEditorProps {
  /** The address of the page: unsaved text is kept under it. */
  place: string;
  /** The text without changes. */
  original: string;
  /** Null for a new endpoint. */
  saved: EndpointProfile | null;
  /** Ids that a new endpoint cannot have. */
  taken: readonly string[];
}

/** A profile as a form and as YAML of the same thing, with probe, self-test and queue beside it. */
export function EndpointEditor({ place, original, saved, taken }: EndpointEditorProps) {
  const kept = useDrafts((s) => s.drafts[place]);
  const yaml = kept ?? original;
  const draft = useMemo(() => withIdRules(readDraft(yaml), saved, taken), [yaml, saved, taken]);
  const [view, setView] = useState<'form' | 'yaml'>('form');
  const [line, setLine] = useState<{ line: number } | null>(null);
  const [discarding, askDiscard] = useDisclosure(false);
  const [removing, askRemove] = useDisclosure(false);
  const { save } = useEndpointChanges();
  const probe = useProbe(String(fieldAt(draft.fields, ['id']) ?? ''));
  const change = (next: string) => keepDraft(place, next === original ? undefined : next);
  const dirty = saved === null || kept !== undefined;
  const title = String(fieldAt(draft.fields, ['title']) || fieldAt(draft.fields, ['id']) || text.endpoints.newDraft);
  const submit = () => {
    if (!draft.profile) return;
    save.mutate(draft.profile, {
      onSuccess: ({ id }) => {
        keepDraft(place, undefined);
        if (saved === null) go({ screen: 'endpoint', id }, 'replace');
      },
    });
  };
  const goToLine = (n: number) => {
    setView('yaml');
    setLine({ line: n });
  };
  return (
    <div className="nhr-page">
      <div className="nhr-page-head nhr-endpoint-head">
        <BackLink href={formatRoute({ screen: 'endpoints' })}>{text.endpoints.back}</BackLink>
        <Title order={1} className="nhr-endpoint-title">
          {title}
        </Title>
        <span className="nhr-endpoint-state" role="status">
          {dirty ? <span className="nhr-badge">{text.endpoints.unsaved}</span> : save.isSuccess ? text.endpoints.saved : ''}
        </span>
        <div className="nhr-grow" />
        <SegmentedControl
          size="xs"
          aria-label={text.endpoints.view}
          value={view}
          onChange={(value) => setView(value as 'form' | 'yaml')}
          data={[
            { value: 'form', label: text.endpoints.form },
            { value: 'yaml', label: text.endpoints.yaml },
          ]}
        />
        <Button variant="default" disabled={kept === undefined} onClick={askDiscard.open}>
          {text.endpoints.discard}
        </Button>
        <Button disabled={!dirty || draft.profile === null} loading={save.isPending} onClick={submit}>
          {text.endpoints.save}
        </Button>
        {saved && (
          <Menu position="bottom-end" withinPortal>
            <Menu.Target>
              <ActionIcon variant="default" size={36} aria-label={text.endpoints.more(title)}>
                <IconDots aria-hidden size={18} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item
                leftSection={<IconCopy aria-hidden size={16} />}
                onClick={() => go({ screen: 'newEndpoint', from: { kind: 'copy', id: saved.id } })}
              >
                {text.endpoints.duplicate}
              </Menu.Item>
              <Menu.Item leftSection={<IconTrash aria-hidden size={16} />} onClick={askRemove.open}>
                {text.endpoints.remove}
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        )}
      </div>
      {save.error && <ErrorNote error={readError(save.error)} />}
      <div className="nhr-endpoint">
        <div className="nhr-endpoint-main">
          {view === 'yaml' ? (
            <Section title={text.endpoints.yamlTitle} about={text.endpoints.yamlAbout} className="nhr-endpoint-yaml">
              <YamlEditor label={text.endpoints.editor} value={yaml} onChange={change} issues={draft.issues} goTo={line} />
            </Section>
          ) : draft.fields === null ? (
            <Section title={text.endpoints.form}>
              <Stack gap="sm" align="flex-start">
                <Text size="sm">{text.endpoints.brokenForm}</Text>
                <LinedIssues issues={draft.issues} onLine={goToLine} />
                <Button variant="default" onClick={() => goToLine(draft.issues[0]?.line ?? 1)}>
                  {text.endpoints.toYaml}
                </Button>
              </Stack>
            </Section>
          ) : (
            <FormContext value={{ fields: draft.fields, issues: draft.issues, set: (path, value) => change(setField(yaml, path, value)) }}>
              <ProfileForm profile={draft.profile} fixedId={saved !== null} models={probe.report?.models ?? null} />
            </FormContext>
          )}
        </div>
        <div className="nhr-endpoint-side">
          {draft.issues.length > 0 && (
            <Section title={text.endpoints.issues(draft.issues.length)} className="nhr-endpoint-issues">
              <LinedIssues issues={draft.issues} onLine={goToLine} />
            </Section>
          )}
          <ProbeSection
            profile={draft.profile}
            probe={probe}
            onUse={(role, model) => change(setField(yaml, ['roles', role, 'model'], model))}
          />
          <SelfTestSection profile={draft.profile} />
          {saved && <LaneSection id={saved.id} />}
        </div>
      </div>
      <RemoveEndpoint
        profile={removing ? saved : null}
        onClose={askRemove.close}
        onRemoved={() => go({ screen: 'endpoints' }, 'replace')}
      />
      <Confirm
        opened={discarding}
        onClose={askDiscard.close}
        title={text.endpoints.discardTitle}
        no={text.endpoints.keep}
        yes={text.endpoints.discard}
        danger
        onYes={() => {
          askDiscard.close();
          keepDraft(place, undefined);
        }}
      >
        {text.endpoints.discardText}
      </Confirm>
    </div>
  );
}

/** Ids are the names by which recipes find endpoints: a new one is new, a saved one stays. */
function withIdRules(draft: Draft, saved: EndpointProfile | null, taken: readonly string[]): Draft {
  const id = fieldAt(draft.fields, ['id']);
  const message =
    saved && draft.fields && id !== saved.id ? text.endpoints.fixedId : taken.includes(String(id)) ? text.endpoints.taken : null;
  if (message === null) return draft;
  return { ...draft, profile: null, issues: [{ path: 'id', message, line: 1 }, ...draft.issues] };
}
