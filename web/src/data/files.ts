/** Files in attachment fields: where they are served, and how they are uploaded. */
import { ProblemError } from './client';
import { randomKey } from './random';

export interface StoredFile {
  id: string;
  name: string;
  /** Bytes. */
  size: number;
  /** Media type. */
  media: string;
}

/** `inline`: to be shown rather than saved. */
export const fileUrl = (id: string, inline = false): string => `/api/v1/files/${id}${inline ? '?inline=1' : ''}`;
/** A picture no larger than `size` pixels on its longer side. */
export const thumbnailUrl = (id: string, size: number): string => `/api/v1/files/${id}/thumbnail?size=${size}`;

const pictures = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp']);
/** Whether the server makes small pictures of it. */
export const hasThumbnail = (media: string): boolean => pictures.has(media);

/** How a file can be shown here; undefined when it can only be saved. */
export function previewOf(media: string): 'picture' | 'video' | 'sound' | 'pdf' | 'text' | undefined {
  if (media.startsWith('image/') && media !== 'image/svg+xml') return 'picture';
  if (media.startsWith('video/')) return 'video';
  if (media.startsWith('audio/')) return 'sound';
  if (media === 'application/pdf') return 'pdf';
  return media === 'text/plain' ? 'text' : undefined;
}

/** Refuses a file before it is sent that the server would not take. */
export function checkSize(file: File, limit: number | undefined): void {
  if (limit === undefined || file.size <= limit) return;
  throw new ProblemError({ status: 413, code: 'file.too_large', detail: 'The file is too large.', limit });
}

/** Uploads a file into a resource; says how much of it has gone, from 0 to 1. fetch cannot tell that. */
export function uploadFile(
  resource: string,
  file: File,
  onProgress: (part: number) => void,
  signal: AbortSignal,
): Promise<StoredFile> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open('POST', `/api/v1/resources/${resource}/files?name=${encodeURIComponent(file.name || 'file')}`);
    request.setRequestHeader('accept', 'application/json');
    request.setRequestHeader('content-type', 'application/octet-stream');
    request.setRequestHeader('idempotency-key', randomKey());
    request.responseType = 'json';
    request.upload.onprogress = ({ loaded, total }) => total > 0 && onProgress(loaded / total);
    request.onload = () => {
      const { status, response } = request;
      if (status >= 200 && status < 300 && response?.id) resolve(response as StoredFile);
      else {
        const fallback = { status, code: `http.${status}`, detail: request.statusText };
        reject(new ProblemError({ ...fallback, ...(response as object | null) }));
      }
    };
    request.onerror = () =>
      reject(new ProblemError({ status: 0, code: 'network', detail: 'The server cannot be reached.' }));
    request.onabort = () => reject(new DOMException('aborted', 'AbortError'));
    signal.addEventListener('abort', () => request.abort(), { once: true });
    request.send(file);
  });
}
