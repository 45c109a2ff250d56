import { hueOf, initialsOf } from './initials';
import classes from './MemberAvatar.module.css';

interface Props {
  id: string;
  name: string;
  avatar?: string | null | undefined;
  /** Pixels. */
  size?: number;
  /** Round is a person; square is a department, a group or everyone. */
  shape?: 'round' | 'square';
}

/** A face, or initials on the colour of the id. Decoration: the name stands next to it or is said by the caller. */
export function MemberAvatar({ id, name, avatar, size = 24, shape = 'round' }: Props) {
  const style = { width: size, height: size, fontSize: Math.round(size * 0.42) };
  if (avatar) return <img className={classes.face} data-shape={shape} src={avatar} alt="" style={style} />;
  return (
    <span className={classes.face} data-shape={shape} data-hue={hueOf(id)} style={style} aria-hidden="true">
      {initialsOf(name)}
    </span>
  );
}
