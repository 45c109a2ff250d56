/** The page of a form: for people without an account, on a phone, by a bad connection. None of the client's shell is in it. */
import './form.css';
import i18next from 'i18next';
import { createRoot } from 'react-dom/client';
import { initReactI18next } from 'react-i18next';
import { guessLanguage, type Language } from '../i18n';
import { FormPage } from './FormPage';

const words: Record<Language, () => Promise<{ default: object }>> = {
  en: () => import('../i18n/en/form.json'),
  zh: () => import('../i18n/zh/form.json'),
  ja: () => import('../i18n/ja/form.json'),
};

const language = guessLanguage();
const { default: form } = await words[language]();
await i18next.use(initReactI18next).init({
  lng: language,
  resources: { [language]: { form } },
  defaultNS: 'form',
  fallbackLng: false,
  interpolation: { escapeValue: false },
  react: { useSuspense: false },
});
document.documentElement.lang = language === 'zh' ? 'zh-CN' : language;
const token = decodeURIComponent(location.pathname.split('/')[2] ?? '');
const root = document.getElementById('root');
if (root) createRoot(root).render(<FormPage token={token} />);
