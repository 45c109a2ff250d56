/** The shapes of the REST API that the client names. */
export type Role = 'view' | 'comment' | 'edit' | 'manage';
export type MemberRole = 'owner' | 'admin' | 'member' | 'guest';
export type Theme = 'light' | 'dark' | 'system';
export type ResourceKind = 'folder' | 'base';

export interface Status {
  emoji: string;
  text: string;
}

export interface Member {
  id: string;
  name: string;
  email: string;
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
  link: { resource: string; role: Role } | null;
}

export interface Resource {
  id: string;
  kind: ResourceKind;
  name: string;
  parent: string | null;
  owner: string;
  role: Role;
  starred: boolean;
  created: string;
  updated: string;
  trashed: string | null;
  inherits: boolean;
  shared: boolean;
  opened: string | null;
  path?: PathStep[];
}

export interface PathStep {
  id: string;
  name: string;
}

export interface Page<T> {
  items: T[];
  next: string | null;
}
