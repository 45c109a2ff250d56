import { Button, FileButton, Select, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { openStatus } from '../../app/overlays';
import { api } from '../../data/client';
import { acceptMe, acceptMember, useMe } from '../../data/me';
import type { Me, Member } from '../../data/types';
import { languageNames, languages } from '../../i18n';
import { MemberAvatar } from '../../ui/MemberAvatar';
import { notify, notifyProblem } from '../../ui/notify';
import { showProblem } from '../../ui/problem';
import { TimeZoneSelect } from '../../ui/TimeZoneSelect';
import classes from './Settings.module.css';

export default function Profile() {
  const { t } = useTranslation('settings');
  const { member } = useMe();
  const [busy, setBusy] = useState(false);
  const form = useForm({
    initialValues: { name: member.name, language: member.language, time_zone: member.time_zone },
    validate: { name: (value) => (value.trim() ? null : t('common:required')) },
  });
  const save = form.onSubmit(async (values) => {
    setBusy(true);
    try {
      acceptMe(await api.patch<Me>('/me', { ...values, name: values.name.trim() }));
      form.resetDirty();
      notify(t('saved'));
    } catch (error) {
      showProblem(form, error, (failure) => notifyProblem(failure, t('failed')));
    }
    setBusy(false);
  });
  return (
    <div className={classes.section}>
      <p className={classes.hint}>{t('profile.hint')}</p>
      <AvatarSetting member={member} />
      <form className={classes.form} onSubmit={save} noValidate>
        <TextInput label={t('profile.name')} autoComplete="name" maxLength={100} {...form.getInputProps('name')} />
        <TextInput
          label={t('profile.email')}
          description={t('profile.emailHint')}
          value={member.email ?? ''}
          readOnly
          variant="filled"
        />
        <Select
          label={t('profile.language')}
          allowDeselect={false}
          data={languages.map((value) => ({ value, label: languageNames[value] }))}
          {...form.getInputProps('language')}
        />
        <TimeZoneSelect label={t('profile.timeZone')} {...form.getInputProps('time_zone')} />
        <div className={classes.buttons}>
          <Button type="submit" size="sm" loading={busy} disabled={!form.isDirty()}>
            {t('common:save')}
          </Button>
        </div>
      </form>
      <div className={classes.form}>
        <div className={classes.top}>
          <span>{member.status ? `${member.status.emoji} ${member.status.text}` : t('profile.noStatus')}</span>
          <Button variant="default" onClick={openStatus}>
            {t('profile.setStatus')}
          </Button>
        </div>
      </div>
    </div>
  );
}

const largest = 5 * 1024 * 1024;

function AvatarSetting({ member }: { member: Member }) {
  const { t } = useTranslation('settings');
  const [file, setFile] = useState<File | null>(null);
  const [preview, setPreview] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  useEffect(() => {
    if (!file) return setPreview(null);
    const url = URL.createObjectURL(file);
    setPreview(url);
    return () => URL.revokeObjectURL(url);
  }, [file]);

  async function change(run: () => Promise<Member | undefined>) {
    setBusy(true);
    try {
      const changed = await run();
      acceptMember(changed ?? { ...member, avatar: null });
      setFile(null);
    } catch (error) {
      notifyProblem(error, t('failed'));
    }
    setBusy(false);
  }
  function pick(picked: File | null) {
    if (picked && picked.size > largest) notify(t('profile.tooLarge'));
    else setFile(picked);
  }

  return (
    <div className={classes.avatar}>
      {preview ? (
        <img className={classes.preview} src={preview} alt={t('profile.preview')} />
      ) : (
        <MemberAvatar id={member.id} name={member.name} avatar={member.avatar} size={72} />
      )}
      <div className={classes.avatarText}>
        <div className={classes.buttons}>
          {file && (
            <Button
              loading={busy}
              onClick={() =>
                change(() => api.put<Member>('/me/avatar', file, { headers: { 'content-type': file.type } }))
              }
            >
              {t('profile.uploadSave')}
            </Button>
          )}
          {file && (
            <Button variant="default" onClick={() => setFile(null)}>
              {t('common:cancel')}
            </Button>
          )}
          {!file && (
            <FileButton onChange={pick} accept="image/png,image/jpeg,image/webp,image/gif">
              {(props) => (
                <Button variant="default" {...props}>
                  {t('profile.upload')}
                </Button>
              )}
            </FileButton>
          )}
          {!file && member.avatar && (
            <Button
              variant="subtle"
              color="gray"
              loading={busy}
              onClick={() => change(() => api.delete<Member | undefined>('/me/avatar'))}
            >
              {t('profile.removeAvatar')}
            </Button>
          )}
        </div>
        <small>{t('profile.avatarHint')}</small>
      </div>
    </div>
  );
}
