import { describe, expect, it } from 'vitest';
import { type Change, mergeRecords, Overlay, type RecordCells } from './edits';

let made = 0;
function change(kind: Change['kind'], records: RecordCells[]): Change {
  made++;
  return { id: `k${made}`, base: 'res_1', table: 'tbl_1', kind, records, at: made };
}

describe('edits over a window', () => {
  it('shows the latest of several edits of a cell, and the one before when it is taken back', () => {
    const overlay = new Overlay();
    const first = change('update', [{ id: 'a', fields: { x: 1, y: 1 } }]);
    const second = change('update', [{ id: 'a', fields: { x: 2 } }]);
    overlay.add(first);
    overlay.add(second);
    expect(overlay.cells('a')).toEqual({ x: 2, y: 1 });
    expect(overlay.reject(second.id)).toBe(second);
    expect(overlay.cells('a')).toEqual({ x: 1, y: 1 });
    overlay.reject(first.id);
    expect(overlay.cells('a')).toBeUndefined();
  });

  it('stays until the rows are as new as the answer', () => {
    const overlay = new Overlay();
    const edit = change('update', [{ id: 'a', fields: { x: 1 } }]);
    overlay.add(edit);
    expect(overlay.settle(100)).toEqual([]);
    overlay.accept(edit.id, 12);
    expect(overlay.settle(11)).toEqual([]);
    expect(overlay.cells('a')).toEqual({ x: 1 });
    expect(overlay.settle(12).map((done) => done.id)).toEqual([edit.id]);
    expect(overlay.cells('a')).toBeUndefined();
  });

  it('takes the values of the answer, for cells it has sent', () => {
    const overlay = new Overlay();
    const edit = change('update', [{ id: 'a', fields: { x: '1', y: null } }]);
    overlay.add(edit);
    overlay.accept(edit.id, 5, [{ id: 'a', fields: { x: 1, z: 9 } }]);
    expect(overlay.cells('a')).toEqual({ x: 1, y: null });
  });

  it('marks the cells of a change that waits', () => {
    const overlay = new Overlay();
    const edit = change('update', [{ id: 'a', fields: { x: 1 } }]);
    overlay.add(edit);
    expect(overlay.waitingFields('a')).toBeUndefined();
    overlay.setWaiting(edit.id, true);
    expect([...(overlay.waitingFields('a') ?? [])]).toEqual(['x']);
    overlay.setWaiting(edit.id, false);
    expect(overlay.waitingFields('a')).toBeUndefined();
  });

  it('lists records made here, with later edits, and without those deleted again', () => {
    const overlay = new Overlay();
    overlay.add(
      change('create', [
        { id: 'n', fields: { x: 1 } },
        { id: 'm', fields: {} },
      ]),
    );
    overlay.add(change('update', [{ id: 'n', fields: { x: 2 } }]));
    overlay.add(change('delete', [{ id: 'm', fields: {} }]));
    expect(overlay.created().map((record) => record.id)).toEqual(['n']);
    expect(overlay.cells('n')).toEqual({ x: 2 });
    expect(overlay.isDeleted('m')).toBe(true);
  });

  it('joins edits of one moment by record', () => {
    const records: RecordCells[] = [];
    mergeRecords(records, [
      { id: 'a', fields: { x: 1 } },
      { id: 'b', fields: { x: 1 } },
    ]);
    mergeRecords(records, [{ id: 'a', fields: { x: 2, y: 2 } }]);
    expect(records).toEqual([
      { id: 'a', fields: { x: 2, y: 2 } },
      { id: 'b', fields: { x: 1 } },
    ]);
  });
});
