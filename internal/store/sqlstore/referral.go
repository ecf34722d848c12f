package sqlstore

import "crypto/rand"

// What referral codes are made of leaves out what looks alike; 32 letters make every byte as likely as any other. The
// databases draw from the same for accounts that other programs insert.
const (
	referralLetters = "23456789abcdefghijkmnpqrstuvwxyz"
	referralLength  = 8
)

// newReferralCode is only likely to be unique; the index decides.
func newReferralCode() string {
	code := make([]byte, referralLength)
	_, _ = rand.Read(code) // it never fails
	for n, b := range code {
		code[n] = referralLetters[int(b)%len(referralLetters)]
	}
	return string(code)
}
