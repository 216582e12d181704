import { Button, Checkbox, Popover, Stack } from '@mantine/core';
import { IconChevronDown } from './icons.ts';

interface CheckMenuProps<T extends string> {
  label: string;
  /** Shown when nothing, or everything, is chosen. */
  all: string;
  options: readonly { value: T; label: string }[];
  value: readonly T[];
  onChange(value: T[]): void;
}

/** Several choices behind one button; none chosen means all of them. */
export function CheckMenu<T extends string>({ label, all, options, value, onChange }: CheckMenuProps<T>) {
  const chosen = options.filter((option) => value.includes(option.value));
  const shown = chosen.length === 0 || chosen.length === options.length ? all : chosen.map((option) => option.label).join(', ');
  return (
    <Popover position="bottom-start" shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <Button
          variant="default"
          size="xs"
          fw={400}
          className="nhr-check-menu"
          aria-label={`${label}: ${shown}`}
          rightSection={<IconChevronDown aria-hidden size={14} />}
        >
          {shown}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={label}>
        <Stack gap={8}>
          {options.map((option) => (
            <Checkbox
              key={option.value}
              size="xs"
              label={option.label}
              checked={value.includes(option.value)}
              onChange={(event) =>
                onChange(event.currentTarget.checked ? [...value, option.value] : value.filter((item) => item !== option.value))
              }
            />
          ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
