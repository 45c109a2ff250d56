import type { ReactNode } from 'react';
import { useEffect } from 'react';
import classes from './Page.module.css';

/** Names the page in the browser's tab. */
export function usePageTitle(title: string | undefined): void {
  useEffect(() => {
    document.title = title ? `${title} · Skein` : 'Skein';
  }, [title]);
}

/** A list at the left and content at the right; on a narrow screen the list is a strip above the content. */
export function Split({ list, children }: { list: ReactNode; children: ReactNode }) {
  return (
    <div className={classes.split}>
      {list}
      <div className={classes.content}>{children}</div>
    </div>
  );
}

/** The line at the head of a panel. `title` is what it is called, or a breadcrumb. */
export function PageHead({ title, children }: { title: ReactNode; children?: ReactNode }) {
  return (
    <header className={classes.head}>
      {typeof title === 'string' ? <h1 className={`${classes.title} truncate`}>{title}</h1> : title}
      <div className={classes.actions}>{children}</div>
    </header>
  );
}

export function PageBody({ children, padded = false }: { children: ReactNode; padded?: boolean }) {
  return (
    <div className={classes.body} data-padded={padded || undefined}>
      {children}
    </div>
  );
}
