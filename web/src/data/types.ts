/** The shapes of the REST API that the client names. */
import type { components } from './api.gen';

type Schemas = components['schemas'];

export type Role = Schemas['Role'];
export type MemberRole = Schemas['OrgRole'];
export type Theme = Schemas['Theme'];
export type SubjectKind = Schemas['SubjectKind'];
export type Scope = Schemas['Scope'];
export type Setup = Schemas['Setup'];
export type PathStep = Schemas['PathStep'];
export type Group = Schemas['Group'];
export type ResourceKind = 'folder' | 'base';

export interface Page<T> {
  items: T[];
  next: string | null;
}

export interface Status {
  emoji: string;
  text: string;
}

export interface Member {
  id: string;
  name: string;
  /** Null where guests ask, who see little of others. */
  email: string | null;
  role: MemberRole;
  active: boolean;
  language: string;
  time_zone: string;
  status: Status | null;
  avatar: string | null;
  departments: string[];
  title: string;
  supervisor: string | null;
  created: string;
  theme?: Theme;
}

export interface Me {
  member: Member;
  organization: { id: string; name: string };
  session: string | null;
  /** Set for a visitor who came by a link: all that he may see. */
  link: { resource: string; role: Role } | null;
  /** Bytes of the largest files the server takes. */
  limits: { file: number; import: number };
}

export interface Resource {
  id: string;
  kind: ResourceKind;
  name: string;
  parent: string | null;
  /** Null for who came by a link. */
  owner: string | null;
  /** Mine. */
  role: Role;
  starred: boolean;
  created: string;
  updated: string;
  trashed: string | null;
  inherits: boolean;
  /** Whether others have access. */
  shared: boolean;
  opened: string | null;
  /** Ancestors I may see, root first; only where one resource is asked for. */
  path?: PathStep[];
}

export interface Subject {
  kind: SubjectKind;
  id: string | null;
  /** Empty for everyone and for a link. */
  name: string;
  avatar?: string | null;
}

export interface AccessEntry {
  subject: Subject;
  role: Role;
  /** `resource` is the folder it is inherited from, when I may see that. */
  source: { kind: Schemas['EntryKind']; inherited: boolean; resource: PathStep | null };
}

export interface Link {
  id: string;
  url: string;
  role: Role;
  password: boolean;
  expires: string | null;
}

export interface Access {
  inherits: boolean;
  owner: Subject;
  entries: AccessEntry[];
  link: Link | null;
}

export interface Department {
  id: string;
  name: string;
  parent: string | null;
  lead: string | null;
  /** How many. */
  members: number;
}

export interface Invitation {
  id: string;
  /** Only where it has just been made. */
  url?: string;
  role: MemberRole;
  department?: string | null;
  created_by: string;
  expires: string;
  uses: number;
  max_uses: number;
}

export interface Session {
  id: string;
  created: string;
  last_seen: string;
  ip: string | null;
  user_agent: string | null;
  current: boolean;
}

export interface Token {
  id: string;
  name: string;
  scopes: Scope[];
  created: string;
  expires: string | null;
  last_used: string | null;
  /** Only where it has just been made. */
  secret?: string;
}

export interface AuditEntry {
  at: string;
  actor: { id: string; name: string } | null;
  kind: string;
  data: Record<string, unknown> | null;
  ip: string | null;
  user_agent: string | null;
}

export interface SearchResult {
  resources: Resource[];
  members: Member[];
}
