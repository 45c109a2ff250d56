import { useTranslation } from 'react-i18next';
import { useThemeChoice } from '../../app/appearance';
import type { Theme } from '../../data/types';
import classes from './Settings.module.css';

const themes: readonly Theme[] = ['light', 'dark', 'system'];
const light = ['#e9ecf3', '#ffffff'] as const;
const dark = ['#101113', '#26282e'] as const;
const pictures: Record<Theme, { rail: string; panel: string }> = {
  light: { rail: light[0], panel: light[1] },
  dark: { rail: dark[0], panel: dark[1] },
  system: { rail: light[0], panel: `linear-gradient(115deg, ${light[1]} 50%, ${dark[1]} 50%)` },
};

/** Light, dark, or as the system. */
export default function Appearance() {
  const { t } = useTranslation('settings');
  const { theme, choose } = useThemeChoice();
  return (
    <div className={classes.section}>
      <p className={classes.hint}>{t('appearance.hint')}</p>
      <div className={classes.themes} role="radiogroup" aria-label={t('appearance.theme')}>
        {themes.map((name) => (
          <label key={name} className={classes.theme} data-on={theme === name || undefined}>
            <input
              type="radio"
              name="theme"
              className="only-read"
              checked={theme === name}
              onChange={() => choose(name)}
            />
            <span className={classes.picture} aria-hidden="true">
              <span style={{ background: pictures[name].rail }} />
              <span style={{ background: pictures[name].panel }} />
            </span>
            <span>{t(`common:theme.${name}`)}</span>
          </label>
        ))}
      </div>
    </div>
  );
}
