/** Asks before something that cannot be undone. The question is shown by `ConfirmDialog`. */
import { create } from 'zustand';

export interface Question {
  title: string;
  body: string;
  /** What the button that goes on says: a verb. */
  action: string;
  danger?: boolean;
}

interface State {
  question: Question | null;
  open: boolean;
  answer: (yes: boolean) => void;
}

export const useQuestion = create<State>(() => ({ question: null, open: false, answer: () => {} }));

/** Resolves to whether to go on. */
export function confirm(question: Question): Promise<boolean> {
  return new Promise((resolve) => {
    useQuestion.setState({
      question,
      open: true,
      answer: (yes) => {
        useQuestion.setState({ open: false });
        resolve(yes);
      },
    });
  });
}
