import { describe, expect, it } from 'vitest';
import type { Access, AccessEntry, Subject } from '../../data/types';
import { expiryIn, linesOf } from './entries';

const member = (id: string): Subject => ({ kind: 'member', id, name: id });
const entry = (subject: Subject, role: AccessEntry['role'], kind: AccessEntry['source']['kind']): AccessEntry => ({
  subject,
  role,
  source: { kind, resource: kind === 'inherited' ? { id: 'res_1', name: 'Plans' } : null },
});
const access = (entries: AccessEntry[]): Access => ({ inherits: true, owner: member('ana'), entries, link: null });

describe('linesOf', () => {
  it('puts the owner first, even without an entry', () => {
    expect(linesOf(access([]))).toMatchObject([{ subject: { id: 'ana' }, role: 'manage', isOwner: true }]);
  });

  it('joins the reasons of a subject and shows the highest role', () => {
    const lines = linesOf(access([entry(member('bo'), 'view', 'direct'), entry(member('bo'), 'edit', 'inherited')]));
    expect(lines[1]).toMatchObject({ subject: { id: 'bo' }, role: 'edit', direct: 'view' });
    expect(lines[1]?.reasons).toHaveLength(2);
  });

  it('orders: given here, inherited, administrators; links stand apart', () => {
    const lines = linesOf(
      access([
        entry(member('admin'), 'manage', 'admin'),
        entry(member('cy'), 'view', 'inherited'),
        entry(member('bo'), 'edit', 'direct'),
        entry({ kind: 'everyone', id: null, name: 'Everyone' }, 'view', 'direct'),
        entry({ kind: 'link', id: 'lnk_1', name: '' }, 'view', 'direct'),
      ]),
    );
    expect(lines.map((line) => line.subject.name)).toEqual(['ana', 'Everyone', 'bo', 'cy', 'admin']);
  });
});

it('counts days to an expiry', () => {
  expect(expiryIn(7, Date.parse('2026-11-20T10:00:00Z'))).toBe('2026-11-27T10:00:00.000Z');
  expect(expiryIn(null, 0)).toBeNull();
});
