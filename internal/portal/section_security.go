package portal

import "context"

// security is what the section of this name shows.
type security struct {
	Email     string
	Confirmed bool
	Password  bool
	Factor    bool
	Codes     int // backup codes that are left
	Sessions  int
}

// securitySection leads to the pages on which a holder changes how he signs in.
func securitySection(s signingIn) section {
	return section{
		id: "security", title: "Account security",
		show: func(ctx context.Context, in member) (any, error) {
			all, err := s.store.Sessions(ctx, in.AccountID)
			return security{
				Email: in.Email, Confirmed: in.AddressConfirmed, Password: in.HasPassword, Factor: in.hasFactor(), Codes: in.Factors.BackupCodesRemaining,
				Sessions: len(all),
			}, err
		},
		steps: map[string]memberStep{
			"GET " + sessionsPath:                  s.list,
			"POST " + sessionsPath + "/end":        s.endOne,
			"POST " + sessionsPath + "/end-others": s.endOthers,
			"GET " + factorsPath:                   proven(factorsPath, s.listFactors),
			"POST " + factorsPath + "/name":        proven(factorsPath, s.nameFactor),
			"POST " + factorsPath + "/remove":      proven(factorsPath, s.removeFactor),
			"POST " + factorsPath + "/codes":       proven(factorsPath, s.newCodes),
		},
	}
}
