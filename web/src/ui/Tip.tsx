import { cloneElement, type ReactElement, useEffect, useRef, useState } from 'react';
import classes from './Tip.module.css';

interface TipProps {
  label: string;
  children: ReactElement<{ 'data-tip'?: string }>;
}

/** Shows what a control is called when it is pointed at or focused. The control carries its own accessible name. */
export function Tip({ label, children }: TipProps) {
  return cloneElement(children, { 'data-tip': label });
}

/** How long the pointer rests before the tip comes, in milliseconds. */
const delay = 350;
const gap = 6;

interface Shown {
  text: string;
  rect: DOMRect;
}

/** Draws the tips of all controls; the application has one. Light, because it is part of the first screen. */
export function TipHost() {
  const [shown, setShown] = useState<Shown | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    let over: Element | null = null;
    function hide() {
      clearTimeout(timer.current);
      over = null;
      setShown(null);
    }
    function point(event: Event) {
      const target = event.target instanceof Element ? event.target.closest('[data-tip]') : null;
      if (target === over) return;
      hide();
      if (!target || (event.type === 'focusin' && !target.matches(':focus-visible'))) return;
      over = target;
      timer.current = setTimeout(() => {
        const text = target.getAttribute('data-tip');
        if (text && target.isConnected) setShown({ text, rect: target.getBoundingClientRect() });
      }, delay);
    }
    const hiding = ['pointerdown', 'keydown', 'scroll', 'focusout', 'wheel'] as const;
    document.addEventListener('pointerover', point);
    document.addEventListener('focusin', point);
    for (const name of hiding) document.addEventListener(name, hide, true);
    return () => {
      document.removeEventListener('pointerover', point);
      document.removeEventListener('focusin', point);
      for (const name of hiding) document.removeEventListener(name, hide, true);
      clearTimeout(timer.current);
    };
  }, []);
  if (!shown) return null;
  return (
    <div className={classes.tip} style={placeOf(shown.rect)} aria-hidden="true">
      {shown.text}
    </div>
  );
}

/** Right of what stands in the rail at the left edge, else below, or above where there is no room. */
function placeOf(rect: DOMRect): React.CSSProperties {
  if (rect.right < 70 && innerWidth > 700) {
    return { left: rect.right + gap, top: rect.top + rect.height / 2, transform: 'translateY(-50%)' };
  }
  const x = Math.max(70, Math.min(innerWidth - 70, rect.left + rect.width / 2));
  const above = rect.bottom + 40 > innerHeight;
  return above
    ? { left: x, top: rect.top - gap, transform: 'translate(-50%, -100%)' }
    : { left: x, top: rect.bottom + gap, transform: 'translateX(-50%)' };
}
