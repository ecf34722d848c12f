package source

import (
	"errors"

	"github.com/account-operator/account-operator/api/v1alpha1"
	"github.com/account-operator/account-operator/internal/source/dotenv"
)

// LintDotenv reads a text as a set of its own would and returns how many variables it has. What is wrong is a *Problem that
// says where; a *dotenv.Error in it has line and column.
func LintDotenv(where string, text []byte) (int, error) {
	variables, err := parseDotenv(where, text)
	if err != nil {
		return 0, err
	}
	values := make(map[string]found, len(variables))
	for _, v := range variables {
		values[v.Name] = found{value: v.Value, where: where}
	}
	return len(values), checkLimits(values)
}

// parseDotenv reads a text within the limits of each name and value.
func parseDotenv(where string, text []byte) ([]dotenv.Variable, error) {
	variables, err := dotenv.Parse(text)
	if malformed := (*dotenv.Error)(nil); errors.As(err, &malformed) {
		p := problem(v1alpha1.ReasonSourceInvalid, "%s: %s", where, malformed)
		if malformed.TooMuch {
			p.Reason = v1alpha1.ReasonLimitExceeded
		}
		p.cause = malformed
		return nil, p
	}
	for _, v := range variables {
		if len(v.Name) > maxNameBytes {
			return nil, problem(v1alpha1.ReasonLimitExceeded, "%s: the name in line %d has more than %d characters", where, v.Line, maxNameBytes)
		}
		if err := checkLength(v.Name, where, v.Value); err != nil {
			return nil, err
		}
	}
	return variables, nil
}
