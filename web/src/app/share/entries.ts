/** Who can do what, one line a subject. Pure. */
import type { Access, AccessEntry, Role, Subject } from '../../data/types';

export const roles: readonly Role[] = ['view', 'comment', 'edit', 'manage'];
/** A link gives no right to manage. */
export const linkRoles: readonly Role[] = ['view', 'comment', 'edit'];

export interface Line {
  subject: Subject;
  /** The highest of all reasons. */
  role: Role;
  /** Given on the resource itself, so it can be changed or taken away here. */
  direct: Role | null;
  reasons: AccessEntry[];
  isOwner: boolean;
}

export const subjectKey = ({ kind, id }: Pick<Subject, 'kind' | 'id'>) => `${kind}:${id ?? ''}`;

export function higher(a: Role, b: Role): Role {
  return roles.indexOf(a) >= roles.indexOf(b) ? a : b;
}

const order: Subject['kind'][] = ['everyone', 'department', 'group', 'member', 'link'];

/** The owner first, then what was given here, then what comes from above. The link of the resource itself stands apart. */
export function linesOf(access: Access): Line[] {
  const owner = subjectKey(access.owner);
  const lines = new Map<string, Line>([
    [owner, { subject: access.owner, role: 'manage', direct: null, reasons: [], isOwner: true }],
  ]);
  for (const entry of access.entries) {
    if (entry.source.kind === 'link' && !entry.source.inherited) continue;
    const key = subjectKey(entry.subject);
    const line = lines.get(key) ?? {
      subject: entry.subject,
      role: entry.role,
      direct: null,
      reasons: [],
      isOwner: false,
    };
    line.role = higher(line.role, entry.role);
    line.reasons.push(entry);
    if (entry.source.kind === 'grant' && !entry.source.inherited) line.direct = entry.role;
    lines.set(key, line);
  }
  const rank = (line: Line) => (line.isOwner ? 0 : line.direct ? 1 : 2);
  return [...lines.values()].sort(
    (a, b) =>
      rank(a) - rank(b) ||
      order.indexOf(a.subject.kind) - order.indexOf(b.subject.kind) ||
      a.subject.name.localeCompare(b.subject.name),
  );
}

/** An expiry so many days from now, or none. */
export function expiryIn(days: number | null, now: number): string | null {
  return days === null ? null : new Date(now + days * 86_400_000).toISOString();
}
