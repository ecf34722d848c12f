package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/account-operator/account-operator/internal/store"
)

// postgresError says in our words what the driver's error is. The server's own text may quote a row, the driver's the
// address.
func postgresError(ctx context.Context, err error) error {
	switch cause := (*pgconn.PgError)(nil); {
	case err == nil:
		return nil
	case errors.As(err, &cause):
		return serverError(ctx, cause)
	case ctx.Err() != nil:
		return ctx.Err()
	default:
		return errors.New(networkWords(err))
	}
}

// taken is what a unique index says that refuses a row.
var taken = func() map[string]error {
	all := map[string]error{"accounts_email": errAddressTaken, "accounts_referral": errCodeTaken}
	for _, k := range kinds {
		all[k.table+"_claim"], all[k.table+"_name"] = errClaimTaken, errNameTaken
	}
	return all
}()

func serverError(ctx context.Context, cause *pgconn.PgError) error {
	switch code := cause.Code; {
	case code == "AO001":
		return store.ErrFenced
	case code == "23505" && taken[cause.ConstraintName] != nil:
		return taken[cause.ConstraintName]
	case code == "40001", code == "40P01":
		return errAgain
	case ctx.Err() != nil: // the server was asked to cancel
		return ctx.Err()
	default:
		return &stateError{code}
	}
}

// stateError is a refusal of the server's that says nothing else to us.
type stateError struct{ code string }

func (s *stateError) Error() string {
	return fmt.Sprintf("%s (SQLSTATE %s)", serverWords(s.code), s.code)
}

// mendings are what to do about a refusal that trying again does not end, by the code or its class.
var mendings = map[string]string{
	"28":    "correct the user and the password in the store's address (--store-file), or what the server lets in (pg_hba.conf)",
	"3D000": "create it, or correct its name in the store's address (--store, --store-file)",
	"42501": "give the user its privileges, as docs/stores.md says",
}

// unusable says what to do where a store that is opened refuses us for good. One that a manager works with may come back.
func unusable(err error) error {
	refused, cause := (*stateError)(nil), (*pgconn.PgError)(nil)
	if errors.As(err, &cause) { // as a migration gives it
		refused = &stateError{cause.Code}
	} else if !errors.As(err, &refused) {
		return err
	}
	for _, key := range []string{refused.code, refused.code[:min(2, len(refused.code))]} {
		if mend, known := mendings[key]; known {
			return startupError(refused.Error(), mend)
		}
	}
	return err
}

// stateWords are by the class of a code, and by the code where the class says too little.
var stateWords = map[string]string{
	"57014": "the statement took too long", "25P03": "the transaction stood still for too long",
	"25006": "the database server is read-only", "42501": "the database user lacks a privilege: run 'manager store roles' again, as after each migration",
	"3D000": "the database does not exist", "55000": "the database takes no connections",
	"08": "the connection to the database server broke",
	"23": "a constraint refused the row", "28": "the database server refused the login",
	"53": "the database server is out of resources", "57": "the database server is going down or starting",
	"58": "the database server's system failed",
}

func serverWords(code string) string {
	for _, key := range []string{code, code[:min(2, len(code))]} {
		if text, known := stateWords[key]; known {
			return text
		}
	}
	return "the database server refused the statement"
}

func networkWords(err error) string {
	switch dns, network := (*net.DNSError)(nil), net.Error(nil); {
	case errors.As(err, &dns):
		return "the name of the database server is not known"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "the database server refuses connections"
	case errors.Is(err, syscall.ENOENT):
		return "the socket of the database server does not exist"
	case strings.Contains(err.Error(), "refused TLS"):
		return "the database server takes no encrypted connections (give it TLS, or start with --insecure-no-store-tls)"
	case errors.As(err, &network) && network.Timeout(), errors.Is(err, context.DeadlineExceeded):
		return "the database server does not answer"
	default:
		return "the connection to the database server broke"
	}
}
