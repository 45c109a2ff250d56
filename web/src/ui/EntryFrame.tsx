import { SegmentedControl } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { currentLanguage, type Language, languageNames, languages, setLanguage } from '../i18n';
import classes from './EntryFrame.module.css';
import { Logo } from './Logo';
import { usePageTitle } from './Page';

interface Props {
  title: string;
  hint?: string | undefined;
  children: ReactNode;
}

/** The card in which one signs in, joins or sets up. */
export function EntryFrame({ title, hint, children }: Props) {
  const { t } = useTranslation('auth');
  usePageTitle(title);
  return (
    <main className={classes.frame}>
      <div className={classes.card}>
        <Logo size={40} />
        <h1 className={classes.title}>{title}</h1>
        {hint && <p className={classes.hint}>{hint}</p>}
        {children}
      </div>
      <SegmentedControl
        size="xs"
        aria-label={t('language')}
        value={currentLanguage()}
        onChange={(value) => void setLanguage(value as Language)}
        data={languages.map((value) => ({ value, label: languageNames[value] }))}
      />
    </main>
  );
}
