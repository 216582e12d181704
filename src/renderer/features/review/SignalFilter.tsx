import { ActionIcon, Group, NativeSelect, NumberInput, Stack, Text } from '@mantine/core';
import { SIGNAL_NAMES, SIGNALS, SignalName, type SignalRanges } from '../../../shared/model/signals.ts';
import { text } from '../../text.ts';
import { IconX } from '../../ui/icons.ts';

interface SignalFilterProps {
  ranges: SignalRanges;
  onChange(ranges: SignalRanges | undefined): void;
}

/** Ranges of local signals, as many as are wanted; a triplet without the signal does not pass. */
export function SignalFilter({ ranges, onChange }: SignalFilterProps) {
  const t = text.signals;
  const chosen = SIGNAL_NAMES.filter((name) => ranges[name] !== undefined);
  const set = (name: SignalName, range: SignalRanges[SignalName]) => {
    const next = { ...ranges, [name]: range };
    if (range === undefined) delete next[name];
    onChange(Object.keys(next).length > 0 ? next : undefined);
  };
  return (
    <Stack gap={6}>
      <Text size="xs" fw={600}>
        {t.filter}
      </Text>
      {chosen.map((name) => (
        <Group key={name} gap={6} wrap="nowrap" align="end">
          <Bound
            name={name}
            label={t.from(SIGNALS[name].title)}
            value={ranges[name]?.min}
            onChange={(min) => set(name, { ...ranges[name], min })}
          />
          <Bound
            name={name}
            label={t.to(SIGNALS[name].title)}
            value={ranges[name]?.max}
            onChange={(max) => set(name, { ...ranges[name], max })}
          />
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            aria-label={t.remove(SIGNALS[name].title)}
            onClick={() => set(name, undefined)}
          >
            <IconX aria-hidden size={14} />
          </ActionIcon>
        </Group>
      ))}
      <NativeSelect
        size="xs"
        aria-label={t.choose}
        data={[
          { value: '', label: t.add },
          ...SIGNAL_NAMES.filter((name) => ranges[name] === undefined).map((value) => ({ value, label: SIGNALS[value].title })),
        ]}
        value=""
        onChange={(event) => {
          const name = SignalName.safeParse(event.currentTarget.value);
          if (name.success) set(name.data, {});
        }}
      />
    </Stack>
  );
}

interface BoundProps {
  name: SignalName;
  label: string;
  value: number | undefined;
  onChange(value: number | undefined): void;
}

/** Shares are typed as they are stored, 0 to 1; the placeholder says which bound of which signal it is. */
function Bound({ name, label, value, onChange }: BoundProps) {
  const [min, max] = SIGNALS[name].range;
  return (
    <NumberInput
      size="xs"
      aria-label={label}
      placeholder={label}
      title={SIGNALS[name].meaning}
      min={min}
      {...(max === null ? {} : { max })}
      step={max === 1 ? 0.05 : 0.5}
      decimalScale={4}
      value={value ?? ''}
      onChange={(next) => onChange(typeof next === 'number' ? next : undefined)}
    />
  );
}
