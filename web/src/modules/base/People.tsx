import { Tooltip } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { personColor } from '../../grid/palette';
import { initialsOf } from '../../ui/initials';
import classes from './Base.module.css';
import type { Person } from './useBase';

const most = 5;

interface Props {
  people: readonly Person[];
  /** Goes to where somebody is. */
  onFollow: (person: Person) => void;
}

/** Who else has the base open. A click goes to where they are. */
export function People({ people, onFollow }: Props) {
  const { t } = useTranslation('base');
  const distinct = [...new Map(people.map((person) => [person.member ?? person.connection, person])).values()];
  const rest = distinct.slice(most);
  return (
    <div className={classes.people}>
      {distinct.slice(0, most).map((person) => (
        <Tooltip key={person.connection} label={person.name}>
          <button
            type="button"
            className={classes.person}
            style={{ background: personColor(person.member ?? person.connection) }}
            data-initials={initialsOf(person.name)}
            aria-label={t('people.follow', { name: person.name })}
            onClick={() => onFollow(person)}
          />
        </Tooltip>
      ))}
      {rest.length > 0 && (
        <Tooltip label={rest.map((person) => person.name).join(', ')}>
          <span className={classes.person} data-more>
            +{rest.length}
          </span>
        </Tooltip>
      )}
    </div>
  );
}
