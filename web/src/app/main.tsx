import '@mantine/core/styles.css';
import '@mantine/notifications/styles.css';
import './app.css';
import { createRoot } from 'react-dom/client';
import { initI18n } from '../i18n';
import { App } from './App';
import { watchSession } from './session';

await initI18n();
watchSession();
const root = document.getElementById('root');
if (root) createRoot(root).render(<App />);
