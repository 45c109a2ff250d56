/** The types written here name only what the server's OpenAPI document has. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type {
  Access,
  AccessEntry,
  AuditEntry,
  Department,
  Group,
  Invitation,
  Link,
  Me,
  Member,
  Resource,
  Session,
  Setup,
  Subject,
  Token,
} from './types';

interface Schema {
  properties?: Record<string, Schema>;
  allOf?: Schema[];
  enum?: string[];
}
const { components } = JSON.parse(readFileSync('../docs/openapi.json', 'utf8')) as {
  components: { schemas: Record<string, Schema> };
};

/** Every key of a type, once; a key that is missing or too many does not compile. */
const keys =
  <T>() =>
  <K extends keyof T>(...names: K[] & ([keyof T] extends [K] ? unknown : never)) =>
    names as string[];

const contract: Record<string, string[]> = {
  Setup: keys<Setup>()('needed', 'demo'),
  Me: keys<Me>()('member', 'organization', 'session', 'link', 'limits'),
  Member: keys<Member>()(
    'id',
    'name',
    'email',
    'role',
    'active',
    'language',
    'time_zone',
    'status',
    'avatar',
    'departments',
    'title',
    'supervisor',
    'created',
    'theme',
  ),
  Resource: keys<Omit<Resource, 'path'>>()(
    'id',
    'kind',
    'name',
    'parent',
    'owner',
    'role',
    'starred',
    'created',
    'updated',
    'trashed',
    'inherits',
    'shared',
    'opened',
  ),
  Subject: keys<Subject>()('kind', 'id', 'name', 'avatar'),
  AccessEntry: keys<AccessEntry>()('subject', 'role', 'source'),
  EntrySource: keys<AccessEntry['source']>()('kind', 'inherited', 'resource'),
  AccessList: keys<Access>()('inherits', 'owner', 'entries', 'link'),
  Link: keys<Link>()('id', 'url', 'role', 'password', 'expires'),
  Department: keys<Department>()('id', 'name', 'parent', 'lead', 'members'),
  Group: keys<Group>()('id', 'name', 'members'),
  Invitation: keys<Invitation>()('id', 'url', 'role', 'department', 'created_by', 'expires', 'uses', 'max_uses'),
  Session: keys<Session>()('id', 'created', 'last_seen', 'ip', 'user_agent', 'current'),
  Token: keys<Token>()('id', 'name', 'scopes', 'created', 'expires', 'last_used', 'secret'),
  Entry: keys<AuditEntry>()('at', 'actor', 'kind', 'data', 'ip', 'user_agent'),
};

describe('the types of the API', () => {
  it.each(Object.entries(contract))('%s', (name, used) => {
    const schema = components.schemas[name];
    const parts = [schema, ...(schema?.allOf ?? [])];
    const known = parts.flatMap((part) => Object.keys(part?.properties ?? {}));
    expect(known).toEqual(expect.arrayContaining(used));
  });

  it.each([
    ['Role', ['view', 'comment', 'edit', 'manage']],
    ['OrgRole', ['guest', 'member', 'admin', 'owner']],
    ['Theme', ['light', 'dark', 'system']],
    ['SubjectKind', ['member', 'department', 'group', 'everyone', 'link']],
    ['EntryKind', ['owner', 'grant', 'link']],
    ['Scope', ['read', 'write', 'admin']],
  ])('%s', (name, values) => {
    expect(components.schemas[name]?.enum?.toSorted()).toEqual(values.toSorted());
  });
});
