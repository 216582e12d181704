import { type UseMutationOptions, useMutation } from '@tanstack/react-query';
import { useStudio } from '../studio.tsx';
import type { Word } from './words.ts';

interface SaidOptions<Answer, Input>
  extends Omit<UseMutationOptions<Answer, Error, Input>, 'onMutate' | 'onSettled' | 'onError' | 'onSuccess'> {
  /** What is kept of it outside the page until the engine has answered. */
  word(input: Input): Word;
  /** Shows it before the engine has answered. */
  onSay?(input: Input): void;
  onSuccess?(answer: Answer): void;
  /** Refused: shows what holds instead. */
  onError?(error: Error, input: Input): void;
}

/** Something a reviewer says: shown at once, sent in the order of its scope, and not lost with the page. */
export function useSaid<Answer, Input>({ word, onSay, onSuccess, onError, ...rest }: SaidOptions<Answer, Input>) {
  const { outbox, live } = useStudio();
  return useMutation({
    ...rest,
    onMutate(input) {
      onSay?.(input);
      return outbox.keep(live.getState().workspace?.dir, word(input));
    },
    onSuccess: (answer) => onSuccess?.(answer),
    onError: (error, input) => onError?.(error, input),
    onSettled: (_answer, _error, _input, answered) => answered?.(),
  });
}
