/** Web addresses, mail addresses and phone numbers in cells: where they lead, and only where it is safe. Pure. */
import type { TextFormat } from './model';

const safe = new Set(['http:', 'https:', 'mailto:', 'tel:']);

/** An address that may be opened: http, https, mailto or tel. */
export function safeUrl(text: string): string | undefined {
  try {
    const url = new URL(text.trim());
    return safe.has(url.protocol) ? url.href : undefined;
  } catch {
    return undefined;
  }
}

const email = /^[^\s@<>()[\],;:"]+@[^\s@<>()[\],;:"]+\.[^\s@<>()[\],;:".]{2,}$/;
const phone = /^\+?[\d\s().\-/]{5,}(?:\s*(?:x|ext\.?)\s*\d+)?$/i;
const host = /^(?:[\p{L}\p{N}-]+\.)+[\p{L}]{2,}(?::\d+)?(?:[/?#]\S*)?$/u;

/** Where the text of a field of this format leads; undefined when it leads nowhere. */
export function linkOf(text: string, format: TextFormat): string | undefined {
  const clean = text.trim();
  if (clean === '') return undefined;
  switch (format) {
    case 'url': {
      if (email.test(clean)) return `mailto:${clean}`;
      return safeUrl(host.test(clean) ? `https://${clean}` : clean);
    }
    case 'email':
      return email.test(clean) ? `mailto:${clean}` : undefined;
    case 'phone':
      return phone.test(clean) ? `tel:${clean.replace(/[^\d+]/g, '')}` : undefined;
    default:
      return /^https?:\/\/\S+$/.test(clean) ? safeUrl(clean) : undefined;
  }
}

/** Whether the text is what its format says; all texts are, of formats that say nothing. */
export function fitsFormat(text: string, format: TextFormat): boolean {
  if (text.trim() === '' || !['url', 'email', 'phone'].includes(format)) return true;
  return linkOf(text, format) !== undefined;
}

/** Opens an address in a new tab that knows nothing of this page. */
export function openLink(url: string): void {
  const href = safeUrl(url);
  if (!href) return;
  const link = document.createElement('a');
  link.href = href;
  link.rel = 'noopener noreferrer';
  if (/^https?:/.test(href)) link.target = '_blank';
  link.click();
}
