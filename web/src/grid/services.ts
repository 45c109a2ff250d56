/** What editors of cells need beside the value: records to link, files to upload. The page that has them gives them. */
import { createContext, useContext } from 'react';
import type { CellValue, Choice, Field, FieldOf, FileRef, RecordRef } from './model';

export type LinkField = FieldOf<'link'> | FieldOf<'backlink'>;

/** A record that may be linked, and some of what is in it. */
export interface Candidate extends RecordRef {
  details: string;
}

export interface CellServices {
  /** Whether records may be made in the table a link leads to. */
  canCreate(field: LinkField): boolean;
  /** What a link leads to is called. */
  tableName(field: LinkField): string;
  /** Records that a link may name, best first. */
  candidates(field: LinkField, query: string, signal: AbortSignal): Promise<Candidate[]>;
  /** Of records called by these texts, those of which there is only one; by the text in lower case. */
  recordsCalled(field: LinkField, texts: readonly string[]): Promise<ReadonlyMap<string, RecordRef>>;
  /** What records of a table are called, by their ids; those that are gone are left out. */
  titles(table: string, records: readonly string[]): Promise<ReadonlyMap<string, string>>;
  createRecord(field: LinkField, text: string): Promise<RecordRef | undefined>;
  /** Adds a choice to the field. */
  createChoice(field: Field, name: string): Promise<Choice | undefined>;
  /** The whole of a cell that a list of records shows in part. */
  wholeCell(record: string, field: Field): Promise<CellValue>;
  /** Bytes of the largest file that can be uploaded, when it is known. */
  fileLimit(): number | undefined;
  upload(file: File, onProgress: (part: number) => void, signal: AbortSignal): Promise<FileRef>;
  /** Adds an uploaded file to a cell. */
  attach(record: string, field: Field, file: FileRef): void;
  preview(files: readonly FileRef[], index: number): void;
  openRecord(table: string, record: string): void;
  press(record: string, field: FieldOf<'button'>): void;
}

const nothing = async () => undefined;

/** Where nobody serves, nothing is found. */
export const noServices: CellServices = {
  canCreate: () => false,
  tableName: () => '',
  candidates: async () => [],
  recordsCalled: async () => new Map(),
  titles: async () => new Map(),
  createRecord: nothing,
  createChoice: nothing,
  wholeCell: nothing,
  fileLimit: () => undefined,
  upload: () => Promise.reject(new Error('nobody takes files here')),
  attach: () => undefined,
  preview: () => undefined,
  openRecord: () => undefined,
  press: () => undefined,
};

export const ServicesContext = createContext<CellServices>(noServices);
export const useServices = (): CellServices => useContext(ServicesContext);
