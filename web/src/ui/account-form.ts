/** What every form that makes an account or sets a password checks before asking the server. */

export const passwordLength = { least: 8, most: 256 };

export function looksLikeEmail(text: string): boolean {
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text.trim()) || /^[^\s@]+@localhost$/.test(text.trim());
}

export function passwordFits(text: string): boolean {
  const signs = [...text].length;
  return signs >= passwordLength.least && signs <= passwordLength.most;
}
