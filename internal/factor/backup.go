package factor

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"strings"
	"time"

	"golang.org/x/crypto/argon2"

	"github.com/account-operator/account-operator/internal/store"
)

// What an account gets of backup codes: each is 60 random bits in base 32, written as XXXX-XXXX-XXXX.
const (
	backupCodes = 10
	codeLength  = 12
	codeGroup   = 4
)

// The cost of a hash: whoever steals the table is to try few codes a second. An account's codes share a salt, for the
// store finds a code by its hash.
const (
	hashTime   = 2
	hashMemory = 19 << 10 // KiB
	hashLength = 32
)

// NewBackupCodes draws codes, to be shown once, and what the store keeps of them.
func NewBackupCodes(accountID string) (codes []store.Secret, hashes [][]byte) {
	for range backupCodes {
		plain := rand.Text()[:codeLength]
		codes = append(codes, store.NewSecret([]byte(grouped(plain))))
		hashes = append(hashes, hash(accountID, plain))
	}
	return codes, hashes
}

// VerifyBackupCode uses up a code. The errors are those of VerifyTOTP.
func VerifyBackupCode(ctx context.Context, factors store.Factors, accountID, code string, now time.Time) error {
	if _, err := factors.Attempt(ctx, accountID, store.FactorBackupCode, now); err != nil {
		return err
	}
	plain := asDrawn(code)
	if len(plain) != codeLength {
		return ErrWrong
	}
	return taken(factors.AcceptBackupCode(ctx, accountID, hash(accountID, plain)))
}

func grouped(plain string) string {
	return plain[:codeGroup] + "-" + plain[codeGroup:2*codeGroup] + "-" + plain[2*codeGroup:]
}

// typed is how people type a code. None has a zero or a one, which look like letters that codes have.
var typed = strings.NewReplacer("-", "", " ", "", "0", "O", "1", "I")

func asDrawn(code string) string { return typed.Replace(strings.ToUpper(code)) }

func hash(accountID, plain string) []byte {
	salt := sha256.Sum256([]byte("account-operator backup codes of account " + accountID))
	return argon2.IDKey([]byte(plain), salt[:], hashTime, hashMemory, 1, hashLength)
}
