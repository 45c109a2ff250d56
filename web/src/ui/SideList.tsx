import type { Icon } from '@tabler/icons-react';
import { Link, type LinkProps } from '@tanstack/react-router';
import type { DragEventHandler, ReactNode } from 'react';
import classes from './SideList.module.css';

/** The list at the left of a split panel. */
export function SideList({
  label,
  title,
  children,
  wide,
}: {
  label: string;
  title?: ReactNode;
  children: ReactNode;
  wide?: boolean;
}) {
  return (
    <nav className={classes.list} aria-label={label} data-wide={wide || undefined}>
      {title && <div className={classes.title}>{title}</div>}
      <div className={classes.items}>{children}</div>
    </nav>
  );
}

export function SideHeading({ children }: { children: ReactNode }) {
  return <div className={classes.heading}>{children}</div>;
}

interface ItemProps extends LinkProps {
  icon: Icon;
  label: string;
  end?: ReactNode;
  dropping?: boolean;
  onDragOver?: DragEventHandler;
  onDragLeave?: DragEventHandler;
  onDrop?: DragEventHandler;
}

export function SideItem({ icon: Sign, label, end, dropping, onDragOver, onDragLeave, onDrop, ...link }: ItemProps) {
  return (
    <Link
      {...link}
      className={classes.item}
      data-dropping={dropping || undefined}
      {...(onDrop ? { onDragOver, onDragLeave, onDrop } : {})}
    >
      <Sign size={17} stroke={1.7} aria-hidden="true" />
      <span className="truncate">{label}</span>
      {end}
    </Link>
  );
}
