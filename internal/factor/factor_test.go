package factor_test

import (
	"errors"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"

	"github.com/account-operator/account-operator/internal/factor"
	"github.com/account-operator/account-operator/internal/seal"
	"github.com/account-operator/account-operator/internal/store"
	"github.com/account-operator/account-operator/internal/store/sqlstore"
	"github.com/account-operator/account-operator/test/await"
	"github.com/account-operator/account-operator/test/fault"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// scene is an account with an authenticator app whose seed is that of RFC 4226, appendix D.
type scene struct {
	*testing.T

	store *sqlstore.Store
	id    string
}

// codes are those that the RFC gives for the steps from 0 on.
var codes = []string{"755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583", "399871", "520489"}

// at is in the middle of a step.
func at(step int) time.Time { return time.Unix(int64(step)*30+15, 0) }

func begin(t *testing.T) *scene {
	t.Helper()
	s := &scene{T: t}
	var err error
	s.store, err = sqlstore.Open(t.Context(), "sqlite://"+filepath.Join(t.TempDir(), "accounts.db"),
		sqlstore.Options{Sealer: seal.Unsealed(), MigrateOnOpen: true})
	s.must(err)
	t.Cleanup(func() { _ = s.store.Close() })
	fenced, err := s.store.Lead(t.Context(), "c", "l")
	s.must(err)
	a, err := fenced.PutAccount(t.Context(), store.Claim{Cluster: "c", Kind: store.KindAccount, Name: "alice", UID: "u"},
		store.AccountSpec{Email: "alice@example.com"}, store.Mark{})
	s.must(err)
	s.id = a.ID
	s.must(s.store.EnrolTOTP(t.Context(), s.id, "", store.NewSecret([]byte("12345678901234567890")), 0))
	return s
}

func (s *scene) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

func (s *scene) totp(code string, now time.Time) error {
	return factor.VerifyTOTP(s.Context(), s.store, s.id, code, now)
}

func (s *scene) backup(code string, now time.Time) error {
	return factor.VerifyBackupCode(s.Context(), s.store, s.id, code, now)
}

func TestCode_Steps_CountsInItsOwnAndOneOnEitherSide(t *testing.T) {
	for step, want := range map[int]error{3: factor.ErrWrong, 4: nil, 5: nil, 6: nil, 7: factor.ErrWrong} {
		if err := begin(t).totp(codes[5], at(step)); !errors.Is(err, want) {
			t.Errorf("in step %d: got %v, wanted %v", step, err, want)
		}
	}
}

func TestCode_UsedOrOlder_DoesNotCount(t *testing.T) {
	again := fault.Begin(t, fault.Case{Goal: "G18", Trigger: "a code", Action: "used again"})
	s := begin(t)
	s.must(s.totp(codes[5], at(5)))
	for _, code := range []string{codes[5], codes[4]} {
		if err := s.totp(code, at(5)); !errors.Is(err, factor.ErrWrong) {
			t.Errorf("got %v", err)
		}
		again.Add(1)
	}
	s.must(s.totp(codes[6], at(5)))
}

func TestCode_UsedManyTimesAtOnce_CountsOnce(t *testing.T) {
	used := fault.Begin(t, fault.Case{Goal: "G18", Trigger: "a code", Action: "used by 100 at once"})
	s := begin(t)
	errs := make([]error, 100)
	var group sync.WaitGroup
	for n := range errs {
		group.Go(func() { errs[n] = s.totp(codes[5], at(5)) })
	}
	await.End(t, group.Wait)
	used.Add(int64(len(errs)))
	succeeded := 0
	for _, err := range errs {
		switch {
		case err == nil:
			succeeded++
		case !errors.Is(err, factor.ErrWrong) && !errors.As(err, new(*store.RateLimitedError)):
			t.Errorf("got %v", err)
		}
	}
	if succeeded != 1 {
		t.Errorf("%d succeeded", succeeded)
	}
}

func TestCode_FiveWrong_LockAllMethods(t *testing.T) {
	s := begin(t)
	drawn, hashes := factor.NewBackupCodes(s.id)
	s.must(s.store.EnrolBackupCodes(t.Context(), s.id, hashes))
	for _, wrong := range []string{"000000", "", "12345678", "abcdef", "287923"} {
		if err := s.totp(wrong, at(5)); !errors.Is(err, factor.ErrWrong) {
			t.Errorf("%q: got %v", wrong, err)
		}
	}
	limited := (*store.RateLimitedError)(nil)
	if err := s.totp(codes[5], at(5)); !errors.As(err, &limited) || limited.RetryAfter != store.FactorLock {
		t.Errorf("got %v", err)
	}
	if err := s.backup(string(drawn[0].Reveal()), at(5)); !errors.As(err, &limited) {
		t.Errorf("another method: got %v", err)
	}
	later := at(5).Add(store.FactorLock)
	s.must(s.backup(string(drawn[0].Reveal()), later))
	if err := s.totp("000000", later); !errors.Is(err, factor.ErrWrong) {
		t.Errorf("got %v", err)
	}
}

func TestBackupCodes_HoweverTyped_CountOnce(t *testing.T) {
	s := begin(t)
	drawn, hashes := factor.NewBackupCodes(s.id)
	s.must(s.store.EnrolBackupCodes(t.Context(), s.id, hashes))
	form := regexp.MustCompile(`^[A-Z2-7]{4}-[A-Z2-7]{4}-[A-Z2-7]{4}$`)
	seen := map[string]bool{}
	for n, c := range drawn {
		code := string(c.Reveal())
		seen[code] = true
		as := []string{code, strings.ToLower(code), strings.ReplaceAll(code, "-", ""), " " + code + " ", strings.NewReplacer("O", "0", "I", "1").Replace(code)}[n%5]
		if err := s.backup(as, at(n)); err != nil || !form.MatchString(code) {
			t.Errorf("%v as %v form: %v", n, n%5, err)
		}
		if n < len(drawn)-1 {
			if err := s.backup(code, at(n)); !errors.Is(err, factor.ErrWrong) {
				t.Errorf("again: %v", err)
			}
		}
	}
	if len(seen) != 10 {
		t.Errorf("%d codes", len(seen))
	}
	if err := s.backup(string(drawn[0].Reveal()), at(0)); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("without codes: %v", err)
	}
}

func TestBackupCode_Wrong_Counts(t *testing.T) {
	s := begin(t)
	_, hashes := factor.NewBackupCodes(s.id)
	_, others := factor.NewBackupCodes("another")
	s.must(s.store.EnrolBackupCodes(t.Context(), s.id, hashes))
	if string(hashes[0]) == string(others[0]) {
		t.Fatal("two hashes are the same")
	}
	for range store.FactorAttempts {
		if err := s.backup("AAAA-AAAA-AAAA", at(0)); !errors.Is(err, factor.ErrWrong) {
			t.Errorf("got %v", err)
		}
	}
	if err := s.backup("short", at(0)); !errors.As(err, new(*store.RateLimitedError)) {
		t.Errorf("got %v", err)
	}
}

// Given two apps, when the code of either is given, then it counts, and once for each.
func TestCode_OfAnotherApp_Counts(t *testing.T) {
	s := begin(t)
	second := factor.NewSeed()
	s.must(s.store.EnrolTOTP(t.Context(), s.id, "second", second, 0))
	key := string(factor.Letters(second).Reveal())
	code, err := totp.GenerateCodeCustom(key, at(5), totp.ValidateOpts{Period: 30, Digits: otp.DigitsSix})
	s.must(err)
	s.must(s.totp(codes[5], at(5)))
	s.must(s.totp(code, at(5)))
	for _, used := range []string{codes[5], code} {
		if err := s.totp(used, at(5)); !errors.Is(err, factor.ErrWrong) {
			t.Errorf("got %v", err)
		}
	}
	if step, err := factor.ConfirmTOTP(second, code, at(5)); err != nil || step != 5 {
		t.Errorf("step %d, %v", step, err)
	}
	if again, err := factor.FromLetters(key); err != nil || string(again.Reveal()) != string(second.Reveal()) {
		t.Errorf("the key does not come back: %v", err)
	}
}

// An app takes the address as Google's authenticator documents it, whatever the issuer is called.
func TestURI_IssuerOfManyCharacters_IsReadBack(t *testing.T) {
	seed := factor.NewSeed()
	read, err := otp.NewKeyFromURL(string(factor.URI("Example: & Söhne Cloud", "alice+x@example.com", seed).Reveal()))
	if err != nil {
		t.Fatal(err)
	}
	if read.Type() != "totp" || read.AccountName() != "alice+x@example.com" || read.Issuer() != "Example: & Söhne Cloud" ||
		read.Secret() != string(factor.Letters(seed).Reveal()) {
		t.Errorf("an app reads %q of %q", read.AccountName(), read.Issuer())
	}
}
