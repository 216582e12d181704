import { Button } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { text } from '../text.ts';
import { Empty } from '../ui/Parts.tsx';

/** Catches a screen that fails to draw, so that the rest of the page stays. React offers this only as a class. */
export class Guard extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    return (
      <Empty title={text.app.crash} action={<Button onClick={() => this.setState({ failed: false })}>{text.app.retry}</Button>}>
        {text.app.crashHint}
      </Empty>
    );
  }
}
