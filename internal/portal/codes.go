package portal

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/account-operator/account-operator/internal/factor"
	"github.com/account-operator/account-operator/internal/password"
	"github.com/account-operator/account-operator/internal/store"
)

// codes judges those of second factors.
type codes struct {
	factors store.Factors
	hasher  *password.Hasher
}

// wrongCode is what a page says of it.
var wrongCode = problem{"code", "The code is wrong, or was used before. An app shows a new one every 30 seconds."}

// verify uses a code up: six digits are an app's, anything else may be a backup code. factor.ErrWrong also where the account has no such
// method.
func (c codes) verify(ctx context.Context, accountID, code string) (err error) {
	code = strings.Join(strings.Fields(code), "")
	if len(code) == appDigits {
		err = factor.VerifyTOTP(ctx, c.factors, accountID, code, time.Now())
	} else if busy := c.hasher.InTurn(ctx, func() {
		err = factor.VerifyBackupCode(ctx, c.factors, accountID, code, time.Now())
	}); busy != nil {
		return busy
	}
	if errors.Is(err, store.ErrNotFound) {
		return factor.ErrWrong
	}
	return err
}

const appDigits = 6
