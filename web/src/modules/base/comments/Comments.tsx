/** The comments on a record, in threads, kept fresh. */
import { ActionIcon, Button, Menu } from '@mantine/core';
import { IconCheck, IconDots, IconMessage, IconPencil, IconRotate, IconTrash } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useMembersById } from '../../../data/directory';
import { useFormat, useMe } from '../../../data/me';
import { queryClient } from '../../../data/queries';
import { confirm } from '../../../ui/confirm';
import { MemberAvatar } from '../../../ui/MemberAvatar';
import { notifyProblem } from '../../../ui/notify';
import { EmptyState, ErrorState, ListSkeleton } from '../../../ui/States';
import type { Base } from '../model';
import { type Comment, commentsApi } from './api';
import classes from './Comments.module.css';
import { Composer } from './Composer';
import { partsOf } from './mentions';

interface Props {
  base: Base;
  table: string;
  record: string;
}

export const commentsKey = (base: string, record?: string) => ['base', base, 'comments', ...(record ? [record] : [])];

export function useComments(base: string, table: string, record: string, enabled = true) {
  return useQuery({
    queryKey: commentsKey(base, record),
    queryFn: ({ signal }) => commentsApi.list(base, table, record, signal),
    enabled,
  });
}

/** Threads, the oldest first, each with its answers. */
export function threadsOf(comments: readonly Comment[]): Comment[][] {
  const first = comments.filter((comment) => comment.thread === comment.id);
  return first.map((one) => [one, ...comments.filter((other) => other.thread === one.id && other.id !== one.id)]);
}

export function Comments({ base, table, record }: Props) {
  const { t } = useTranslation('history');
  const [all, setAll] = useState(false);
  const { id, role } = base.resource;
  const comments = useComments(id, table, record);
  const may = role !== 'view';
  if (comments.error) return <ErrorState error={comments.error} onRetry={() => void comments.refetch()} />;
  if (!comments.data) return <ListSkeleton rows={3} height={56} />;
  const threads = threadsOf(comments.data.items);
  const resolved = threads.filter(([first]) => first?.resolved).length;

  /** Whether it was done. */
  async function change(work: () => Promise<unknown>, failed: string): Promise<boolean> {
    try {
      await work();
      await queryClient.invalidateQueries({ queryKey: commentsKey(id, record) });
      return true;
    } catch (error) {
      notifyProblem(error, failed);
      return false;
    }
  }
  const send = (text: string, thread?: string) =>
    change(() => commentsApi.add(id, table, record, text, thread), t('comments.notSent'));

  return (
    <div className={classes.comments}>
      {threads.length === 0 && (
        <EmptyState
          icon={IconMessage}
          title={t('comments.empty')}
          {...(may ? { hint: t('comments.emptyHint') } : {})}
        />
      )}
      {threads
        .filter(([first]) => all || !first?.resolved)
        .map((thread) => (
          <Thread key={thread[0]?.id} base={base} thread={thread} may={may} change={change} onAnswer={send} />
        ))}
      {resolved > 0 && (
        <Button variant="subtle" size="compact-sm" onClick={() => setAll(!all)}>
          {all ? t('comments.hideResolved') : t('comments.resolved', { count: resolved })}
        </Button>
      )}
      {may && (
        <div className={classes.write}>
          <Composer placeholder={t('comments.write')} action={t('comments.send')} onSend={(text) => send(text)} />
        </div>
      )}
    </div>
  );
}

interface ThreadProps {
  base: Base;
  thread: readonly Comment[];
  may: boolean;
  change: (work: () => Promise<unknown>, failed: string) => Promise<boolean>;
  onAnswer: (text: string, thread: string) => Promise<boolean>;
}

function Thread({ base, thread, may, change, onAnswer }: ThreadProps) {
  const { t } = useTranslation('history');
  const members = useMembersById();
  const first = thread[0];
  if (!first) return null;
  const who = first.resolved_by && members.get(first.resolved_by)?.name;
  return (
    <section className={classes.thread} data-resolved={first.resolved !== undefined}>
      {thread.map((comment) => (
        <One key={comment.id} base={base} comment={comment} may={may} change={change} />
      ))}
      {first.resolved ? (
        <div className={classes.when}>{t('comments.resolvedBy', { who: who ?? t('somebody') })}</div>
      ) : (
        may && (
          <Composer
            placeholder={t('comments.answer')}
            action={t('comments.answer')}
            onSend={(text) => onAnswer(text, first.id)}
          />
        )
      )}
    </section>
  );
}

function One({ base, comment, may, change }: Omit<ThreadProps, 'thread' | 'onAnswer'> & { comment: Comment }) {
  const { t } = useTranslation('history');
  const me = useMe();
  const format = useFormat();
  const members = useMembersById();
  const [editing, setEditing] = useState(false);
  const author = members.get(comment.author);
  const name = author?.name ?? t('somebody');
  const own = me.member?.id === comment.author;
  const first = comment.thread === comment.id;
  const id = base.resource.id;
  const update = (patch: { text?: string; resolved?: boolean }) =>
    change(() => commentsApi.update(id, comment.id, patch), t('comments.notChanged'));

  async function remove() {
    const yes = await confirm({
      title: t('comments.deleteTitle'),
      body: first ? t('comments.deleteBody') : '',
      action: t('comments.delete'),
      danger: true,
    });
    if (yes) await change(() => commentsApi.delete(id, comment.id), t('comments.notChanged'));
  }

  return (
    <article className={classes.comment}>
      <MemberAvatar id={comment.author} name={name} avatar={author?.avatar} size={24} />
      <div className={classes.body}>
        <div className={classes.head}>
          <span className={classes.who}>{name}</span>
          <time className={classes.when} dateTime={comment.created} title={format.dateTime(comment.created)}>
            {format.ago(comment.created)}
          </time>
          {comment.edited && <span className={classes.when}>{t('comments.edited')}</span>}
          <span className={classes.grow} />
          {may && first && (
            <ActionIcon
              variant="subtle"
              color="gray"
              size={24}
              aria-label={t(comment.resolved ? 'comments.reopen' : 'comments.resolve')}
              title={t(comment.resolved ? 'comments.reopen' : 'comments.resolve')}
              onClick={() => void update({ resolved: !comment.resolved })}
            >
              {comment.resolved ? <IconRotate size={15} /> : <IconCheck size={15} />}
            </ActionIcon>
          )}
          {may && (own || base.resource.role === 'manage') && (
            <Menu position="bottom-end" shadow="md">
              <Menu.Target>
                <ActionIcon variant="subtle" color="gray" size={24} aria-label={t('comments.more')}>
                  <IconDots size={15} />
                </ActionIcon>
              </Menu.Target>
              <Menu.Dropdown>
                {own && (
                  <Menu.Item leftSection={<IconPencil size={15} />} onClick={() => setEditing(true)}>
                    {t('comments.edit')}
                  </Menu.Item>
                )}
                <Menu.Item color="red" leftSection={<IconTrash size={15} />} onClick={() => void remove()}>
                  {t('comments.delete')}
                </Menu.Item>
              </Menu.Dropdown>
            </Menu>
          )}
        </div>
        {editing ? (
          <Composer
            initial={comment.text}
            placeholder={t('comments.edit')}
            action={t('comments.save')}
            autoFocus
            onCancel={() => setEditing(false)}
            onSend={async (text) => {
              const done = await update({ text });
              if (done) setEditing(false);
              return done;
            }}
          />
        ) : (
          <div className={classes.text}>
            {partsOf(comment.text).map((part, at) =>
              'text' in part ? (
                part.text
              ) : (
                // biome-ignore lint/suspicious/noArrayIndexKey: a part is its place
                <span key={at} className={classes.mention}>
                  @{members.get(part.member)?.name ?? t('somebody')}
                </span>
              ),
            )}
          </div>
        )}
      </div>
    </article>
  );
}
