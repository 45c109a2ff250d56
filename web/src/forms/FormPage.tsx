/** A form from its address: asked for, filled in page by page, sent, and thanked for. */
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { ProblemError } from '../data/client';
import { missing, shown } from './conditions';
import { drafts, prefilled } from './draft';
import { type Answers, type Form, type FormState, formApi, type Submitted } from './model';
import { QuestionField } from './QuestionField';

type Stage =
  | FormState
  | { state: 'loading' }
  | { state: 'failed'; error: ProblemError }
  | { state: 'sent'; form: Form; done: Submitted };

const problemOf = (error: unknown) =>
  error instanceof ProblemError ? error : new ProblemError({ status: 0, code: 'network', detail: String(error) });

export function FormPage({ token }: { token: string }) {
  const { t } = useTranslation('form');
  const [stage, setStage] = useState<Stage>({ state: 'loading' });
  const pass = useRef<string | undefined>(undefined);
  const api = useMemo(() => formApi(token, () => pass.current), [token]);
  const load = useCallback(() => {
    api.get().then(setStage, (error) => setStage({ state: 'failed', error: problemOf(error) }));
  }, [api]);
  useEffect(load, [load]);
  const title = 'form' in stage ? stage.form.title : undefined;
  useEffect(() => {
    if (title) document.title = title;
  }, [title]);

  switch (stage.state) {
    case 'loading':
      return <Sheet busy>{t('loading')}</Sheet>;
    case 'failed':
      return (
        <Sheet>
          <p role="alert">
            {stage.error.code === 'form.not_found' ? t('notFound') : t('failed', { detail: stage.error.detail })}
          </p>
          <button type="button" onClick={load}>
            {t('retry')}
          </button>
        </Sheet>
      );
    case 'closed':
      return <Sheet>{stage.message || t('closed')}</Sheet>;
    case 'members_only':
      return <Sheet>{t('membersOnly')}</Sheet>;
    case 'sign_in':
      return (
        <Sheet>
          <p>{t('signIn')}</p>
          <a className="go" href={`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`}>
            {t('signInAction')}
          </a>
        </Sheet>
      );
    case 'password':
      return (
        <Password
          onTry={async (password) => {
            pass.current = (await api.open(password)).pass;
            load();
          }}
        />
      );
    case 'sent':
      return <Thanks {...stage} token={token} onAgain={load} />;
    case 'open':
      return (
        <Filling
          key={stage.form.key}
          token={token}
          form={stage.form}
          api={api}
          onSent={(done) => setStage({ state: 'sent', form: stage.form, done })}
          onGone={(error) => setStage({ state: 'failed', error })}
        />
      );
  }
}

function Sheet({ children, busy }: { children: React.ReactNode; busy?: boolean }) {
  return (
    <main className="form" aria-busy={busy}>
      <div className="sheet">{children}</div>
    </main>
  );
}

function Password({ onTry }: { onTry: (password: string) => Promise<void> }) {
  const { t } = useTranslation('form');
  const [password, setPassword] = useState('');
  const [error, setError] = useState<string>();
  return (
    <Sheet>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          onTry(password).catch((cause: unknown) => {
            const problem = problemOf(cause);
            const seconds = problem.retry_after;
            setError(
              problem.code === 'form.wrong_password'
                ? t('wrongPassword')
                : seconds
                  ? t('throttled', { seconds })
                  : t('failed', { detail: problem.detail }),
            );
          });
        }}
      >
        <p>{t('passwordHint')}</p>
        <label className="label" htmlFor="password">
          {t('password')}
        </label>
        <input id="password" type="password" value={password} onChange={(event) => setPassword(event.target.value)} />
        {error && (
          <p className="error" role="alert">
            {error}
          </p>
        )}
        <button type="submit" disabled={password === ''}>
          {t('open')}
        </button>
      </form>
    </Sheet>
  );
}

/** What the server takes for what controls give. */
function toSend(answers: Answers): Answers {
  const one = (value: unknown) =>
    Array.isArray(value)
      ? value.map((item) => (typeof item === 'object' && item ? (item as { id: string }).id : item))
      : value;
  return Object.fromEntries(Object.entries(answers).map(([field, value]) => [field, one(value)]));
}

interface FillingProps {
  token: string;
  form: Form;
  api: ReturnType<typeof formApi>;
  onSent: (done: Submitted) => void;
  onGone: (error: ProblemError) => void;
}

function Filling({ token, form, api, onSent, onGone }: FillingProps) {
  const { t } = useTranslation('form');
  const search = useMemo(() => new URLSearchParams(location.search), []);
  const beforehand = useMemo(() => prefilled(form, search), [form, search]);
  const [draft] = useState(() => drafts.read(token));
  const own = search.get('answers') ?? (form.answered && form.revise ? form.key : undefined);
  const key = own ?? draft?.key ?? form.key;
  const [answers, setAnswers] = useState<Answers>({ ...beforehand.answers, ...(own ? {} : draft?.answers) });
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  const [at, setAt] = useState(0);
  const [note, setNote] = useState<string>();
  const [sending, setSending] = useState(false);
  const { pages, answers: counted } = useMemo(() => shown(form, answers), [form, answers]);
  const [page, last] = [pages[Math.min(at, pages.length - 1)], at >= pages.length - 1];
  const latest = useRef({ counted, answers });
  latest.current = { counted, answers };

  useEffect(() => {
    if (!own) return;
    api.answers(own).then(
      (given) => setAnswers(given.answers),
      (error) => onGone(problemOf(error)),
    );
  }, [api, own, onGone]);

  const send = useCallback(async () => {
    setSending(true);
    setNote(undefined);
    if (!own) drafts.write(token, { key, answers: latest.current.answers, queued: true });
    try {
      const body = toSend(latest.current.counted);
      const done = own ? await api.revise(key, body) : await api.submit(key, body);
      drafts.clear(token);
      if (form.once) drafts.finish(token, key);
      onSent(done);
    } catch (cause) {
      const problem = problemOf(cause);
      const field = problem.field?.replace(/^answers\./, '');
      if (problem.status === 0) setNote(t('waiting'));
      else {
        drafts.write(token, { key, answers: latest.current.answers });
        const said = { 'value.required': t('required'), 'value.not_unique': t('notUnique') }[problem.code];
        const place = pages.findIndex((one) =>
          one.items.some((item) => item.type !== 'heading' && item.field === field),
        );
        if (field && place >= 0) {
          setErrors({ [field]: said ?? t('invalid') });
          setAt(place);
          requestAnimationFrame(() => document.getElementById(field)?.scrollIntoView({ block: 'center' }));
        } else if (problem.code === 'form.answered') onSent({ thanks: { text: t('answered') } });
        else
          setNote(
            problem.retry_after
              ? t('throttled', { seconds: problem.retry_after })
              : t('failed', { detail: problem.detail }),
          );
      }
      setSending(false);
    }
  }, [api, form.once, key, onSent, own, pages, t, token]);

  // What was sent without an answer is sent again: when the connection is back, and when the page is opened again.
  const again = useRef(send);
  again.current = send;
  useEffect(() => {
    const retry = () => {
      if (drafts.read(token)?.queued) void again.current();
    };
    retry();
    addEventListener('online', retry);
    return () => removeEventListener('online', retry);
  }, [token]);
  useEffect(() => {
    if (!own && Object.keys(answers).length > 0 && !drafts.read(token)?.queued) drafts.write(token, { key, answers });
  }, [answers, key, own, token]);

  const next = () => {
    if (!page) return;
    const left = missing(page, answers);
    setErrors(Object.fromEntries(left.map((field) => [field, t('required')])));
    const [first] = left;
    if (first) return document.getElementById(first)?.scrollIntoView({ block: 'center' });
    if (last) return void send();
    setAt(at + 1);
    scrollTo(0, 0);
  };
  const already = form.once && !own && (form.answered || drafts.done(token) !== undefined);
  if (already) return <Sheet>{t('answered')}</Sheet>;
  return (
    <main className="form" data-theme={form.theme}>
      {form.cover !== 'none' && <div className="cover" data-cover={form.cover} />}
      <form
        className="sheet"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          next();
        }}
      >
        <h1>{form.title}</h1>
        {at === 0 && form.description && <p className="text">{form.description}</p>}
        {pages.length > 1 && <p className="help">{t('step', { at: at + 1, of: pages.length })}</p>}
        {page?.title && <h2>{page.title}</h2>}
        {page?.items.map((item, place) =>
          item.type === 'heading' ? (
            // biome-ignore lint/suspicious/noArrayIndexKey: headings have nothing else, and none moves
            <header key={place}>
              <h2>{item.title}</h2>
              {item.text && <p className="text">{item.text}</p>}
            </header>
          ) : beforehand.hidden.has(item.field) ? null : (
            <QuestionField
              key={item.field}
              question={item}
              value={answers[item.field]}
              error={errors[item.field]}
              api={api}
              onChange={(value) => {
                setAnswers((before) => ({ ...before, [item.field]: value }));
                setErrors(({ [item.field]: _, ...rest }) => rest);
              }}
            />
          ),
        )}
        {note && (
          <p className="error" role="alert">
            {note}
          </p>
        )}
        <div className="buttons">
          {at > 0 && (
            <button type="button" className="quiet" onClick={() => setAt(at - 1)}>
              {t('back')}
            </button>
          )}
          <button type="submit" disabled={sending}>
            {sending ? t('sending') : last ? form.submit || t('submit') : t('next')}
          </button>
        </div>
      </form>
    </main>
  );
}

function Thanks(props: { form: Form; done: Submitted; token: string; onAgain: () => void }) {
  const { form, done, token, onAgain } = props;
  const { t } = useTranslation('form');
  const { text, link, label } = done.thanks;
  const own = done.key && `${location.origin}/f/${token}?answers=${done.key}`;
  return (
    <main className="form" data-theme={form.theme}>
      {form.cover !== 'none' && <div className="cover" data-cover={form.cover} />}
      <div className="sheet" role="status">
        <h1>{form.title}</h1>
        <p className="text">{text || t('thanks')}</p>
        {link && (
          <p>
            <a href={link} rel="noopener noreferrer nofollow">
              {label || link}
            </a>
          </p>
        )}
        {own && (
          <p>
            {t('keepAddress')} <a href={own}>{t('change')}</a>
          </p>
        )}
        {!form.once && (
          <button type="button" className="quiet" onClick={onAgain}>
            {t('again')}
          </button>
        )}
      </div>
    </main>
  );
}
