import { ActionIcon, FileButton, Loader } from '@mantine/core';
import { IconDownload, IconPaperclip, IconX } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { fileUrl, hasThumbnail, thumbnailUrl } from '../../data/files';
import { fileSize } from '../../data/format';
import { problemText } from '../../ui/problem';
import { useDrag } from '../../ui/useDrag';
import { extensionOf, kindColor } from '../cells/files';
import classes from '../Grid.module.css';
import type { Field, FileRef } from '../model';
import { useServices } from '../services';
import { uploadInto, useUploads } from './uploads';

interface Props {
  record: string;
  field: Field;
  files: readonly FileRef[];
  editable: boolean;
  onChange: (files: FileRef[]) => void;
}

/** The files of a cell: add by choosing, dropping or pasting; put into another order; open, save, take away. */
export function FilesPanel({ record, field, files, editable, onChange }: Props) {
  const { t, i18n } = useTranslation('field');
  const services = useServices();
  const uploads = useUploads(record, field.id);
  const [over, setOver] = useState(false);
  const limit = services.fileLimit();
  const add = (added: readonly File[]) => void uploadInto(services, record, field, added);
  const drag = useDrag(files.length, (from, to) => {
    const next = [...files];
    next.splice(to, 0, ...next.splice(from, 1));
    onChange(next);
  });
  return (
    <section
      className={classes.files}
      aria-label={field.name}
      data-over={over}
      onDragOver={(event) => {
        if (!editable || !event.dataTransfer.types.includes('Files')) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        setOver(false);
        if (!editable || event.dataTransfer.files.length === 0) return;
        event.preventDefault();
        add([...event.dataTransfer.files]);
      }}
      onPaste={(event) => {
        if (!editable || event.clipboardData.files.length === 0) return;
        event.preventDefault();
        add([...event.clipboardData.files]);
      }}
    >
      {files.map((file, i) => (
        <div key={file.id} className={classes.file} {...(editable ? drag.line(i) : {})}>
          <button
            type="button"
            className={classes.fileOpen}
            aria-label={t('files.open', { name: file.name })}
            onClick={() => services.preview(files, i)}
            {...(editable ? drag.handle(i) : {})}
          >
            {hasThumbnail(file.media) ? (
              <img src={thumbnailUrl(file.id, 64)} alt="" width={32} height={32} loading="lazy" draggable={false} />
            ) : (
              <span className={classes.sheet} style={{ background: kindColor(file.media) }}>
                {extensionOf(file.name)}
              </span>
            )}
            <span className={classes.recordLine}>
              <span className={classes.clip}>{file.name}</span>
              <span className={classes.faint}>{fileSize(file.size, i18n.language)}</span>
            </span>
          </button>
          <ActionIcon
            component="a"
            href={fileUrl(file.id)}
            download={file.name}
            variant="subtle"
            color="gray"
            size={26}
            aria-label={t('files.download', { name: file.name })}
          >
            <IconDownload size={15} />
          </ActionIcon>
          {editable && (
            <ActionIcon
              variant="subtle"
              color="gray"
              size={26}
              aria-label={t('files.remove', { name: file.name })}
              onClick={() => onChange(files.filter((one) => one.id !== file.id))}
            >
              <IconX size={14} />
            </ActionIcon>
          )}
        </div>
      ))}
      {uploads.map((upload) => (
        <div key={upload.key} className={classes.file}>
          {upload.error === undefined ? (
            <Loader size={16} mx={8} />
          ) : (
            <IconX size={18} color="var(--mantine-color-error)" />
          )}
          <span className={classes.recordLine}>
            <span className={classes.clip}>{upload.name}</span>
            {upload.error === undefined ? (
              <progress className={classes.progress} value={upload.part} max={1} aria-label={upload.name} />
            ) : (
              <span className={classes.wrong}>{problemText(upload.error)}</span>
            )}
          </span>
          <span className={classes.grow} />
          <ActionIcon
            variant="subtle"
            color="gray"
            size={26}
            aria-label={t('files.stop', { name: upload.name })}
            onClick={upload.stop}
          >
            <IconX size={14} />
          </ActionIcon>
        </div>
      ))}
      {editable && (
        <FileButton multiple onChange={(chosen) => chosen.length > 0 && add(chosen)}>
          {(props) => (
            <button type="button" className={classes.addFile} {...props}>
              <IconPaperclip size={15} stroke={1.7} />
              <span>{t('files.add')}</span>
              {limit !== undefined && (
                <span className={classes.faint}>{t('files.limit', { size: fileSize(limit, i18n.language) })}</span>
              )}
            </button>
          )}
        </FileButton>
      )}
    </section>
  );
}
