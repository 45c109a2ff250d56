import { Select } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { Role } from '../../data/types';
import { roles } from './entries';
import classes from './Share.module.css';

interface Props {
  label: string;
  value: Role;
  onChange: (role: Role) => void;
  /** Which there are to choose from; all when absent. */
  among?: readonly Role[];
  /** Without a border, for a line of a list. */
  quiet?: boolean;
  disabled?: boolean;
}

/** What somebody may do, from viewing to managing. */
export function RoleSelect({ label, value, onChange, among = roles, quiet, disabled }: Props) {
  const { t } = useTranslation('share');
  return (
    <Select
      aria-label={label}
      value={value}
      disabled={disabled ?? false}
      onChange={(role) => role && onChange(role)}
      allowDeselect={false}
      withCheckIcon={false}
      data={among.map((role) => ({ value: role, label: t(`role.${role}`) }))}
      renderOption={({ option }) => (
        <span className={classes.roleOption}>
          {option.label}
          <small>{t(`roleHint.${option.value}`)}</small>
        </span>
      )}
      variant={quiet ? 'unstyled' : 'default'}
      className={quiet ? classes.quietRole : classes.role}
      comboboxProps={{ width: 190, position: 'bottom-end' }}
    />
  );
}
