import { Button } from '@mantine/core';
import { IconArrowLeft } from './icons.ts';

/** The way to the screen above this one. */
export function BackLink({ href, children }: { href: string; children: string }) {
  return (
    <Button component="a" href={href} variant="subtle" color="gray" size="xs" px={8} leftSection={<IconArrowLeft aria-hidden size={15} />}>
      {children}
    </Button>
  );
}
