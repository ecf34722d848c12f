package portal

// The pages that others lead to.
const (
	signInPath   = "/sign-in"
	codePath     = "/sign-in/code"
	providerPath = "/sign-in/provider"
	settingsPath = "/settings"
	sessionsPath = "/settings/sessions"
	passwordPath = "/settings/password"
	factorsPath  = "/settings/two-factor"
	setUpPath    = "/settings/two-factor/add"
	mailCodePath = "/settings/two-factor/mail"
	provePath    = "/settings/prove"

	addressPath        = "/settings/address"
	confirmAddressPath = "/settings/address/confirm"

	variablesPath = "/settings/variables"
	pastePath     = variablesPath + "/paste"

	connectionsPath = "/settings/connections"
	readsPath       = "/settings/reads"

	keysPath = "/settings/keys"

	deletePath  = "/settings/delete"
	deletedPath = "/deleted"
)

// OpenIDPath is where a provider leads visitors back to, below the portal's URL.
const OpenIDPath = "/sign-in/openid"

// provable are the pages that ask for the password again.
var provable = []string{factorsPath, setUpPath, keysPath, deletePath, addressPath}
