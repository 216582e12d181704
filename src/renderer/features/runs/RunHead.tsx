import { Button, Group, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { runActions } from '../../../shared/model/lifecycle.ts';
import type { Budget } from '../../../shared/model/recipe.ts';
import type { RunSummary } from '../../../shared/model/run.ts';
import { readError } from '../../app/readError.ts';
import { formatRoute } from '../../app/route.ts';
import { text } from '../../text.ts';
import { BackLink } from '../../ui/BackLink.tsx';
import { Confirm } from '../../ui/Dialog.tsx';
import { ErrorNote } from '../../ui/ErrorNote.tsx';
import { IconPlayerPause, IconPlayerPlay, IconPlus, IconX } from '../../ui/icons.ts';
import { DemoBadge, RunBadge } from '../../ui/Parts.tsx';
import { RaiseBudget } from './RaiseBudget.tsx';
import { useRunChanges } from './useRuns.ts';

/** Name, state and the buttons that its state allows (runActions). */
export function RunHead({ run, budget }: { run: RunSummary; budget: Budget | undefined }) {
  const actions = runActions(run.state, run.end);
  const { pause, resume, cancel } = useRunChanges();
  const [raising, raise] = useDisclosure(false);
  const [cancelling, ask] = useDisclosure(false);
  const error = [pause, resume, cancel].find((change) => change.error)?.error;
  return (
    <>
      <div className="nhr-page-head nhr-run-head">
        <BackLink href={formatRoute({ screen: 'runs' })}>{text.run.back}</BackLink>
        <Title order={1} className="nhr-run-title">
          {run.name}
        </Title>
        {run.demo && <DemoBadge />}
        <RunBadge state={run.state} end={run.end} />
        <div className="nhr-grow" />
        <Group gap={8}>
          <Button component="a" variant="subtle" color="gray" href={formatRoute({ screen: 'newRun', run: run.id })}>
            {text.figures.template.again}
          </Button>
          <Button component="a" variant="subtle" color="gray" href={formatRoute({ screen: 'compare', a: run.id, b: '' })}>
            {text.figures.compare.open}
          </Button>
          {actions.pause && (
            <Button
              variant="default"
              loading={pause.isPending}
              leftSection={<IconPlayerPause aria-hidden size={16} />}
              onClick={() => pause.mutate(run.id)}
            >
              {text.run.pause}
            </Button>
          )}
          {actions.resume && (
            <Button
              loading={resume.isPending}
              leftSection={<IconPlayerPlay aria-hidden size={16} />}
              onClick={() => resume.mutate({ runId: run.id })}
            >
              {text.run.resume}
            </Button>
          )}
          {actions.raise && (
            <Button leftSection={<IconPlus aria-hidden size={16} />} onClick={raise.open}>
              {text.run.raise}
            </Button>
          )}
          {actions.cancel && (
            <Button variant="default" loading={cancel.isPending} leftSection={<IconX aria-hidden size={16} />} onClick={ask.open}>
              {text.run.cancel}
            </Button>
          )}
        </Group>
      </div>
      {error && <ErrorNote error={readError(error)} />}
      <Confirm
        opened={cancelling}
        onClose={ask.close}
        title={text.run.cancelTitle}
        no={text.run.keep}
        yes={text.run.cancel}
        danger
        onYes={() => {
          ask.close();
          cancel.mutate(run.id);
        }}
      >
        {text.run.cancelText}
      </Confirm>
      <RaiseBudget run={run} budget={budget} opened={raising} onClose={raise.close} />
    </>
  );
}
