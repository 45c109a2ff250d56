/**
 * The registry of commands. A command is registered once and feeds the palette, the keyboard and the shortcut sheet.
 * It knows nothing of what the commands do.
 */
import type { Icon } from '@tabler/icons-react';
import { useEffect, useRef } from 'react';

export interface Command {
  /** Unique and stable, `module.verb`: `drive.newFolder`. */
  id: string;
  /** What it is called, already in the member's language. */
  title: string;
  /** Heading in the palette and the shortcut sheet, already in the member's language. */
  group: string;
  icon?: Icon;
  /**
   * Key combinations, each `mod+shift+k`, `F2`, `?` or a sequence of two: `g d`. `mod` is Ctrl, and Cmd on a Mac. Letters
   * are written in lower case; keys with names as in `KeyboardEvent.key`.
   */
  keys?: readonly string[];
  /** More words that find it in the palette. */
  words?: string;
  /** Whether it can be run now; when absent, always. Asked when the palette opens and when a key is pressed. */
  when?: () => boolean;
  /** Left out of the palette: it makes sense by its key only. */
  keyOnly?: boolean;
  /** Only told in the shortcut sheet: its keys are heard where the focus is. */
  told?: boolean;
  /** Left out of the shortcut sheet: it is listed there with others. */
  unlisted?: boolean;
  /** Whether its keys also count while the caret is in a text field. Default: only those with `mod`. */
  inText?: boolean;
  run: () => void;
}

/** Of those with the same key the one registered last, which is the one that key runs. */
export function listed(list: readonly Command[]): Command[] {
  const last = new Map(list.flatMap((command) => (command.keys ?? []).map((keys) => [keys, command.id] as const)));
  return list.filter(
    ({ id, keys, unlisted }) => !unlisted && keys?.some((combination) => last.get(combination) === id),
  );
}

type Listener = () => void;

const registered: Command[] = [];
const listeners = new Set<Listener>();
let snapshot: readonly Command[] = [];

function changed() {
  snapshot = [...registered];
  for (const listener of listeners) listener();
}

export const commands = {
  /** Adds commands until the returned function is called. Of two with the same key, the one registered later wins. */
  register(...added: Command[]): () => void {
    registered.push(...added);
    changed();
    return () => {
      for (const command of added) {
        const at = registered.indexOf(command);
        if (at >= 0) registered.splice(at, 1);
      }
      changed();
    };
  },
  /** All commands there are, in order of registration; the same array until something changes. */
  list(): readonly Command[] {
    return snapshot;
  },
  subscribe(listener: Listener): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
  run(id: string): boolean {
    const command = registered.findLast((c) => c.id === id && (c.when?.() ?? true));
    command?.run();
    return command !== undefined;
  },
};

/** Registers commands while the component is mounted. Always runs what the latest render passed. */
export function useCommands(list: readonly Command[]): void {
  const latest = useRef(list);
  useEffect(() => {
    latest.current = list;
  });
  const signature = JSON.stringify(
    list.map((c) => [c.id, c.title, c.group, c.keys, c.words, c.keyOnly, c.told, c.unlisted, c.inText]),
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: the signature stands for the list
  useEffect(() => {
    const find = (id: string) => latest.current.find((c) => c.id === id);
    return commands.register(
      ...latest.current.map((c) => ({
        ...c,
        when: () => find(c.id)?.when?.() ?? find(c.id) !== undefined,
        run: () => find(c.id)?.run(),
      })),
    );
  }, [signature]);
}
