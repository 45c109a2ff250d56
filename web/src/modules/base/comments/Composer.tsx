/** Where a comment is written: plain text, with people offered after an @. */
import { Button, Popover, Textarea } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { membersQuery } from '../../../data/queries';
import { MemberAvatar } from '../../../ui/MemberAvatar';
import classes from './Comments.module.css';
import { asked, type Mentionable, stored, written } from './mentions';

const longest = 10_000;
const offered = 6;

interface Props {
  /** What it says so far, as it is stored. */
  initial?: string;
  placeholder: string;
  action: string;
  autoFocus?: boolean;
  /** Resolves to whether it was sent. */
  onSend: (text: string) => Promise<boolean>;
  onCancel?: () => void;
}

export function Composer({ initial = '', placeholder, action, autoFocus, onSend, onCancel }: Props) {
  const { t } = useTranslation('history');
  const { data: members = [] } = useQuery(membersQuery);
  const input = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(() => written(initial, (id) => members.find((one) => one.id === id)?.name));
  const [caret, setCaret] = useState(0);
  const [at, setAt] = useState(0);
  const [closed, setClosed] = useState(false);
  const [busy, setBusy] = useState(false);

  const wanted = closed ? null : asked(text, caret);
  const matches = useMemo(() => {
    if (!wanted) return [];
    const name = wanted.name.toLowerCase();
    const fits = (member: { name: string; active: boolean }) =>
      member.active && member.name.toLowerCase().includes(name);
    return members.filter(fits).slice(0, offered);
  }, [wanted, members]);

  function pick(member: Mentionable) {
    if (!wanted) return;
    const next = `${text.slice(0, wanted.from)}@${member.name} ${text.slice(caret)}`;
    const end = wanted.from + member.name.length + 2;
    setText(next);
    setCaret(end);
    requestAnimationFrame(() => {
      input.current?.focus();
      input.current?.setSelectionRange(end, end);
    });
  }

  async function send() {
    const clean = stored(text.trim(), members);
    if (clean === '' || busy) return;
    setBusy(true);
    if (await onSend(clean)) setText('');
    setBusy(false);
  }

  return (
    <div>
      <Popover
        opened={matches.length > 0}
        position="top-start"
        width="target"
        offset={4}
        trapFocus={false}
        returnFocus={false}
        closeOnEscape={false}
        onDismiss={() => setClosed(true)}
      >
        <Popover.Target>
          <Textarea
            ref={input}
            aria-label={placeholder}
            placeholder={placeholder}
            autosize
            minRows={1}
            maxRows={8}
            maxLength={longest}
            data-autofocus={autoFocus}
            autoFocus={autoFocus}
            value={text}
            onChange={(event) => {
              setText(event.currentTarget.value);
              setCaret(event.currentTarget.selectionStart);
              setClosed(false);
              setAt(0);
            }}
            onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
            onKeyDown={(event) => {
              if (event.nativeEvent.isComposing) return;
              if (matches.length > 0) {
                const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
                const member = matches[at];
                if (by) setAt((at + by + matches.length) % matches.length);
                else if ((event.key === 'Enter' || event.key === 'Tab') && member) pick(member);
                else if (event.key === 'Escape') setClosed(true);
                else return;
                event.preventDefault();
                return;
              }
              if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
                event.preventDefault();
                void send();
              }
              if (event.key === 'Escape' && onCancel) {
                event.preventDefault();
                onCancel();
              }
            }}
          />
        </Popover.Target>
        <Popover.Dropdown className={classes.offers} role="listbox" aria-label={t('comments.mention')}>
          {matches.map((member, i) => (
            <div
              key={member.id}
              role="option"
              tabIndex={-1}
              aria-selected={i === at}
              className={classes.offer}
              // The field keeps the focus.
              onMouseDown={(event) => {
                event.preventDefault();
                pick(member);
              }}
            >
              <MemberAvatar id={member.id} name={member.name} avatar={member.avatar} size={20} />
              {member.name}
            </div>
          ))}
        </Popover.Dropdown>
      </Popover>
      {(text.trim() !== '' || onCancel) && (
        <div className={classes.send}>
          {onCancel && (
            <Button variant="default" size="compact-sm" onClick={onCancel}>
              {t('comments.cancel')}
            </Button>
          )}
          <Button size="compact-sm" loading={busy} disabled={text.trim() === ''} onClick={() => void send()}>
            {action}
          </Button>
        </div>
      )}
    </div>
  );
}
