/** Files as large as the window allows: pictures, films, sounds, PDFs and plain text; others can be saved. */
import { ActionIcon, Button, Loader, Modal } from '@mantine/core';
import { IconChevronLeft, IconChevronRight, IconDownload, IconX } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { fileUrl, previewOf } from '../../data/files';
import { fileSize } from '../../data/format';
import type { FileRef } from '../../grid/model';
import classes from './Base.module.css';

interface Props {
  files: readonly FileRef[];
  index: number;
  onClose: () => void;
}

export default function FilePreview({ files, index, onClose }: Props) {
  const { t, i18n } = useTranslation('field');
  const [at, setAt] = useState(index);
  const file = files[at] ?? files[0];
  const go = (by: number) => setAt((now) => (now + by + files.length) % Math.max(1, files.length));
  if (!file) return null;
  return (
    <Modal opened fullScreen onClose={onClose} withCloseButton={false} padding={0} aria-label={file.name}>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: the arrow keys work wherever the focus is */}
      <div
        className={classes.stage}
        onKeyDown={(event) => {
          if (event.target instanceof HTMLMediaElement) return;
          if (event.key === 'ArrowLeft') go(-1);
          if (event.key === 'ArrowRight') go(1);
        }}
      >
        <header className={classes.stageHead}>
          <span className={classes.clip}>{file.name}</span>
          <span className={classes.explained}>{fileSize(file.size, i18n.language)}</span>
          <span className={classes.grow} />
          {files.length > 1 && <span className={classes.explained}>{`${at + 1} / ${files.length}`}</span>}
          <Button
            component="a"
            href={fileUrl(file.id)}
            download={file.name}
            variant="default"
            size="compact-sm"
            leftSection={<IconDownload size={14} />}
          >
            {t('files.save')}
          </Button>
          <ActionIcon
            variant="subtle"
            color="gray"
            size={30}
            aria-label={t('base:close')}
            data-autofocus
            onClick={onClose}
          >
            <IconX size={18} />
          </ActionIcon>
        </header>
        <div className={classes.stageBody}>
          {files.length > 1 && (
            <ActionIcon variant="default" size={38} radius="xl" aria-label={t('files.previous')} onClick={() => go(-1)}>
              <IconChevronLeft size={20} />
            </ActionIcon>
          )}
          <div className={classes.stageMain}>
            <Content key={file.id} file={file} />
          </div>
          {files.length > 1 && (
            <ActionIcon variant="default" size={38} radius="xl" aria-label={t('files.next')} onClick={() => go(1)}>
              <IconChevronRight size={20} />
            </ActionIcon>
          )}
        </div>
      </div>
    </Modal>
  );
}

function Content({ file }: { file: FileRef }) {
  const { t } = useTranslation('field');
  const url = fileUrl(file.id, true);
  switch (previewOf(file.media)) {
    case 'picture':
      return <img src={url} alt={file.name} />;
    case 'video':
      // biome-ignore lint/a11y/useMediaCaption: what people upload has no captions
      return <video src={url} controls />;
    case 'sound':
      // biome-ignore lint/a11y/useMediaCaption: what people upload has no captions
      return <audio src={url} controls />;
    case 'pdf':
    case 'text':
      return <Fetched file={file} url={url} />;
    default:
      return <p className={classes.explained}>{t('files.noPreview')}</p>;
  }
}

/** Served files may not run, which keeps the browser from showing a PDF; a copy of this page may be shown. */
function Fetched({ file, url }: { file: FileRef; url: string }) {
  const { t } = useTranslation('field');
  const [shown, setShown] = useState<{ text?: string; copy?: string } | 'failed' | null>(null);
  useEffect(() => {
    const stop = new AbortController();
    let copy: string | undefined;
    async function load() {
      const answer = await fetch(url, { signal: stop.signal, credentials: 'same-origin' });
      if (!answer.ok) throw new Error(answer.statusText);
      if (file.media === 'text/plain') return setShown({ text: (await answer.text()).slice(0, 500_000) });
      const blob = new Blob([await answer.arrayBuffer()], { type: file.media });
      if (stop.signal.aborted) return;
      copy = URL.createObjectURL(blob);
      setShown({ copy });
    }
    load().catch(() => !stop.signal.aborted && setShown('failed'));
    return () => {
      stop.abort();
      if (copy) URL.revokeObjectURL(copy);
    };
  }, [url, file.media]);
  if (shown === 'failed') return <p className={classes.explained}>{t('files.noPreview')}</p>;
  if (shown?.text !== undefined) return <pre className={classes.plainText}>{shown.text}</pre>;
  if (shown?.copy) return <iframe src={shown.copy} title={file.name} />;
  return <Loader size="sm" />;
}
