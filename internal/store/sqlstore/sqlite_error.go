package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"
)

// sqliteError says in our words what the driver's error is. The driver's own text may quote a row.
func sqliteError(ctx context.Context, err error) error {
	switch cause := (*sqlite.Error)(nil); {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case !errors.As(err, &cause):
		return errors.New("the database driver failed")
	case cause.Code() == lib.SQLITE_CONSTRAINT_UNIQUE:
		return sqliteTaken(cause)
	default:
		return fmt.Errorf("%s (SQLite error %d)", sqliteWords(cause.Code()), cause.Code())
	}
}

func sqliteTaken(cause *sqlite.Error) error {
	switch {
	case strings.Contains(cause.Error(), "accounts.email_key"):
		return errAddressTaken
	case strings.Contains(cause.Error(), "accounts.referral_code"):
		return errCodeTaken
	case strings.Contains(cause.Error(), ".uid"):
		return errClaimTaken
	case strings.Contains(cause.Error(), ".namespace"):
		return errNameTaken
	default:
		return errors.New("a unique field is held by another row")
	}
}

func sqliteWords(code int) string {
	switch code & 0xff { // the rest of an extended code is detail
	case lib.SQLITE_BUSY, lib.SQLITE_LOCKED:
		return "another program holds the database file locked"
	case lib.SQLITE_FULL:
		return "the disk is full"
	case lib.SQLITE_IOERR:
		return "the disk failed"
	case lib.SQLITE_READONLY:
		return "the database file is read-only"
	case lib.SQLITE_CORRUPT, lib.SQLITE_NOTADB:
		return "the database file is damaged or is no SQLite file"
	case lib.SQLITE_CANTOPEN:
		return "the database file cannot be opened"
	case lib.SQLITE_CONSTRAINT:
		return "a constraint refused the row"
	default:
		return "the database refused the statement"
	}
}
