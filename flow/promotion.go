package flow

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"example.org/dorado/core/ledger"
	"example.org/dorado/core/names"
	"example.org/dorado/core/policy"
	"example.org/dorado/core/registry"
)

// promotionFeeIsSaid holds unless the price is that of a promotion that asks for the fee, and the command says none.
// Manual 6.6, decisions 5.3.
func promotionFeeIsSaid(q policy.Quote, said FeeSaid) Rule {
	if q.Promotion == nil || !q.Promotion.FeeSaid || said.Given {
		return holds("promotionFeeIsSaid", "fee:fee", said.Text)
	}
	return refuse("promotionFeeIsSaid", registry.Error{
		Code: registry.ParameterMissing, Field: "fee:fee",
		Reason: "the promotion " + q.Promotion.ID + " makes this cost " + q.String() + "; send the fee with the extension fee-1.0",
	})
}

// uses are what a command takes of a promotion whose uses are limited. A credit later does not give it back.
func (c *Call) uses(q policy.Quote, charges []ledger.Charge) []registry.PromotionUse {
	if q.Promotion == nil || q.Promotion.Uses == 0 {
		return nil
	}
	return []registry.PromotionUse{{
		Promotion: q.Promotion.ID, Registrar: c.Registrar.ID, Number: q.Promotion.Used + 1, At: c.Now, Charge: charges[0].ID,
	}}
}

// PromotionAdd makes a promotion, from now on if it has no begin. It is the operator's. Manual 6.6, decisions 5.3.
type PromotionAdd struct{ Promotion registry.Promotion }

// Subject is promotion:add.
func (cmd PromotionAdd) Subject() Subject {
	return Subject{Command: "add", Object: "promotion", ID: cmd.Promotion.ID}
}

// Run replies the registry.Promotion.
func (cmd PromotionAdd) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	p := cmd.Promotion
	p.Version, p.Made, p.Ended, p.Used = 1, c.Now, registry.Measure{}, 0
	if p.From.IsZero() {
		p.From = c.Now
	}
	_, taken := c.promotion(p.ID)
	open, _ := read(c, func() ([]registry.Promotion, bool, error) {
		list, err := c.reader.Promotions("", c.Now)
		return list, true, err
	})

	// Check.
	rules := []Rule{
		promotionIDIsLegal(p.ID),
		promotionIsNew(p.ID, taken),
		actIsExplained(Act{Author: p.Author, Reason: p.Reason}),
		promotionReduces(p),
		promotionIsForSomething(c.Terms, p),
		promotionHasTime(p, c.Now),
		promotionsAreFew(c.Terms.Limits, len(open)),
	}
	for _, zone := range p.Zones {
		rules = append(rules, zoneExists(c.Profile, zone))
	}
	for _, id := range p.Registrars {
		_, found := c.RegistrarByID(id)
		rules = append(rules, registrarExists(id, found))
	}
	if err := c.check(rules...); err != nil {
		return nil, registry.Changes{}, err
	}

	// Return.
	return p, registry.Changes{Promotions: []registry.Promotion{p}}, nil
}

func (c *Call) promotion(id string) (registry.Promotion, bool) {
	return read(c, func() (registry.Promotion, bool, error) { return c.reader.Promotion(id) })
}

// PromotionEnd ends a promotion now, or before it begins. It is the operator's.
type PromotionEnd struct{ ID, Author, Reason string }

// Subject is promotion:end.
func (cmd PromotionEnd) Subject() Subject {
	return Subject{Command: "end", Object: "promotion", ID: cmd.ID}
}

// Run replies the registry.Promotion as it is now. What was sold under it stays as it is.
func (cmd PromotionEnd) Run(c *Call) (Reply, registry.Changes, error) {
	// Load.
	p, found := c.promotion(cmd.ID)
	act := Act{Author: cmd.Author, Reason: cmd.Reason}

	// Check.
	if err := c.check(
		promotionExists(cmd.ID, found),
		actIsExplained(act),
		promotionIsOpen(p, c.Now),
	); err != nil {
		return nil, registry.Changes{}, err
	}

	// Return.
	p = p.Next()
	p.Until, p.Ended = c.Now, act.measure(c.Now)
	if p.From.After(c.Now) {
		p.Until = p.From
	}
	return p, registry.Changes{Promotions: []registry.Promotion{p}}, nil
}

// PromotionList asks for the promotions that have not ended, or for all, for the operator.
type PromotionList struct{ All bool }

// Answer returns a []registry.Promotion in order of id.
func (q PromotionList) Answer(c *Call) (Reply, error) {
	endAfter := c.Now
	if q.All {
		endAfter = time.Time{}
	}
	list, _ := read(c, func() ([]registry.Promotion, bool, error) {
		list, err := c.reader.Promotions("", endAfter)
		return list, true, err
	})
	return list, nil
}

// PromotionShow asks for one promotion and its uses, up to a limit, for the operator.
type PromotionShow struct {
	ID    string
	Limit int
}

// PromotionDetails is what PromotionShow answers. Uses are those of a promotion that limits them.
type PromotionDetails struct {
	registry.Promotion
	Uses []registry.PromotionUse
}

// Answer returns PromotionDetails.
func (q PromotionShow) Answer(c *Call) (Reply, error) {
	p, found := c.promotion(q.ID)
	if err := c.check(promotionExists(q.ID, found)); err != nil {
		return nil, err
	}
	uses, _ := read(c, func() ([]registry.PromotionUse, bool, error) {
		uses, err := c.reader.PromotionUses(registry.PromotionUse{Promotion: q.ID}, q.Limit)
		return uses, true, err
	})
	return PromotionDetails{p, uses}, nil
}

// promotionID is what a promotion may be called: it stands in charges and in what registrars are told.
var promotionID = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,31}$`)

// promotionIDIsLegal holds for an id of a few lower-case letters, digits and hyphens.
func promotionIDIsLegal(id string) Rule {
	return refuseIf("promotionIDIsLegal", !promotionID.MatchString(id), registry.Error{
		Code: registry.ParameterSyntax, Field: "promotion", Value: id,
		Reason: "this is no id of a promotion; it has 2 to 32 lower-case letters, digits and hyphens, such as spring-2027",
	})
}

// promotionIsNew holds for an id that no promotion has had.
func promotionIsNew(id string, taken bool) Rule {
	return refuseIf("promotionIsNew", taken, registry.Error{
		Code: registry.ObjectExists, Field: "promotion", Value: id,
		Reason: "a promotion of this id exists, or did; choose another",
	})
}

// promotionExists holds for the id of a promotion.
func promotionExists(id string, found bool) Rule {
	return refuseIf("promotionExists", !found, registry.Error{
		Code: registry.ObjectMissing, Field: "promotion", Value: id,
		Reason: "there is no such promotion; dorado promotion list --all shows them",
	})
}

// promotionIsOpen holds for a promotion that has not ended.
func promotionIsOpen(p registry.Promotion, now time.Time) Rule {
	return refuseIf("promotionIsOpen", !p.Until.IsZero() && !p.Until.After(now), registry.Error{
		Code: registry.StatusProhibits, Field: "promotion", Value: p.ID,
		Reason: "the promotion has ended; there is nothing to do",
	})
}

// promotionReduces holds for a promotion that is a percentage off or a price instead, and limits its uses by a number
// that is none below zero.
func promotionReduces(p registry.Promotion) Rule {
	return allOf("promotionReduces",
		refuseIf("promotionReduces", p.Percent < 0 || p.Percent > 100, registry.Error{
			Code: registry.ParameterRange, Field: "percent", Value: strconv.Itoa(p.Percent),
			Reason: "this is no percentage off; give 1 to 100",
		}),
		refuseIf("promotionReduces", p.Fixed < 0 || p.Percent > 0 && p.Fixed > 0, registry.Error{
			Code: registry.ParameterRange, Field: "price", Value: p.Fixed.String(),
			Reason: "a promotion is a percentage off, or a price that is not below zero; give one of them",
		}),
		refuseIf("promotionReduces", p.Uses < 0, registry.Error{
			Code: registry.ParameterRange, Field: "uses", Value: strconv.Itoa(p.Uses),
			Reason: "this is no number of uses; give 1 or more, or none for no limit",
		}),
	)
}

// promotionIsForSomething holds for a promotion of operations that have a price, for numbers of years that are sold.
func promotionIsForSomething(t *policy.Terms, p registry.Promotion) Rule {
	wrong := refuseIf("promotionIsForSomething", len(p.Operations) == 0, registry.Error{
		Code: registry.ParameterMissing, Field: "operation",
		Reason: "the promotion is for no operation; give create, renew, transfer or restore",
	})
	for _, op := range p.Operations {
		switch policy.Operation(op) {
		case policy.OpCreate, policy.OpRenew, policy.OpTransfer, policy.OpRestore:
		default:
			wrong = refuse("promotionIsForSomething", registry.Error{
				Code: registry.ParameterRange, Field: "operation", Value: op,
				Reason: "there is no such operation that costs something; there are create, renew, transfer and restore",
			})
		}
	}
	for _, years := range p.Years {
		if years < t.MinYears || years > t.MaxYears {
			wrong = refuse("promotionIsForSomething", registry.Error{
				Code: registry.ParameterRange, Field: "years", Value: strconv.Itoa(years),
				Reason: fmt.Sprintf("names are not sold for so many years; give %d to %d", t.MinYears, t.MaxYears),
			})
		}
	}
	return wrong
}

// promotionHasTime holds for a promotion that does not begin in the past, and ends after it begins.
func promotionHasTime(p registry.Promotion, now time.Time) Rule {
	return allOf("promotionHasTime",
		refuseIf("promotionHasTime", p.From.Before(now), registry.Error{
			Code: registry.ParameterRange, Field: "from", Value: p.From.Format(time.RFC3339),
			Reason: "this is in the past; begin the promotion now or later",
		}),
		refuseIf("promotionHasTime", !p.Until.IsZero() && !p.Until.After(p.From), registry.Error{
			Code: registry.ParameterRange, Field: "until", Value: p.Until.Format(time.RFC3339),
			Reason: "the promotion ends before it begins; end it later",
		}),
	)
}

// promotionsAreFew bounds the promotions that have not ended: every price is compared with all of them.
func promotionsAreFew(l policy.Limits, open int) Rule {
	return refuseIf("promotionsAreFew", open >= l.Promotions, registry.Error{
		Code: registry.ParameterPolicy, Field: "promotion", Value: strconv.Itoa(open),
		Reason: "there are as many promotions as can be at once; end one",
	})
}

// zoneExists holds for a zone of the registry.
func zoneExists(p policy.Profile, zone names.Name) Rule {
	_, ok := p.Zone(zone)
	return refuseIf("zoneExists", !ok, registry.Error{
		Code: registry.ParameterRange, Field: "zone", Value: zone.String(),
		Reason: "the registry has no such zone; there are " + strings.TrimSpace(zoneList(p)),
	})
}
