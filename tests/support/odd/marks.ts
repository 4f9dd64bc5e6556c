/** Stands in all metadata of the files made here: it must never leave the machine. */
export const MARK = 'made-up place 51.5007 N'
