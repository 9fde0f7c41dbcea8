package console

import "maps"

// spanishMoney returns the Spanish of the pages of billing and prices.
func spanishMoney() map[string]string {
	all := map[string]string{}
	for _, part := range []map[string]string{
		spanishBilling(),
		spanishCharges(),
		spanishStatement(),
		spanishOpen(),
		spanishInvoices(),
		spanishDeposits(),
		spanishHistory(),
		spanishPrices(),
		spanishPremium(),
	} {
		maps.Copy(all, part)
	}
	return all
}

// spanishBilling returns the Spanish of the page of the account.
func spanishBilling() map[string]string {
	return map[string]string{
		"How your account stands, why, and what comes next.": "Cómo está su cuenta, por qué, y qué viene después.",
		"Pay in":                  "Consignar",
		"The account is on hold.": "La cuenta está en espera.",
		"Registrations, renewals, restores and requests for transfers are refused until %s is paid in.": "Se rechazan registros, renovaciones, restauraciones y solicitudes de transferencia hasta que se consignen %s.",
		"Names still renew themselves, and transfers that are under way go on.":                         "Los nombres se siguen renovando solos, y las transferencias en curso continúan.",
		"On hold since":                            "En espera desde",
		"The available credit is low.":             "El crédito disponible es bajo.",
		"It is below your warning level of %s.":    "Está por debajo de su nivel de aviso de %s.",
		"Balance":                                  "Saldo",
		"paid in, less all that was charged":       "lo consignado, menos todo lo cobrado",
		"Set aside":                                "Reservado",
		"ordered, and not charged yet":             "pedido, y aún no cobrado",
		"Available credit":                         "Crédito disponible",
		"what you can spend now":                   "lo que puede gastar ahora",
		"How it adds up":                           "Cómo se calcula",
		"Credit limit":                             "Límite de crédito",
		"Emergency credit":                         "Crédito de emergencia",
		"You are warned":                           "Se le avisa",
		"when the available credit falls below %s": "cuando el crédito disponible baja de %s",
		"The account goes on hold":                 "La cuenta pasa a espera",
		"when the balance falls below %s":          "cuando el saldo baja de %s",
		"Holds this year":                          "Esperas este año",
		"the next one would cost %s":               "la siguiente costaría %s",
		"Emergency credit ends":                    "El crédito de emergencia termina",
		"What comes next":                          "Qué viene después",
		"when the transfer is answered":            "cuando se responda la transferencia",
		"All open charges":                         "Todos los cargos abiertos",
		"Nothing waits to be charged.":             "No hay nada por cobrar.",
		"When all that is set aside has been charged, the balance is %s.":                                                                                                  "Cuando se haya cobrado todo lo reservado, el saldo será de %s.",
		"Automatic renewals in their grace period: %s, for %s. Nothing is set aside for them: each is charged when its grace ends, even if the balance does not cover it.": "Renovaciones automáticas en período de gracia: %s, por %s. Nada se reserva para ellas: cada una se cobra cuando termina su gracia, aunque el saldo no alcance.",
		"A fee of %s is proposed for %s: %s of %s new names were registered. The registry decides whether it is charged.":                                                  "Se propone un cargo de %s por %s: se registraron %s de %s nombres nuevos. El registro decide si se cobra.",
		"Figures and other times": "Cifras y otros períodos",
		"Statement":               "Extracto",
		"Open charges":            "Cargos abiertos",
		"Invoices":                "Facturas",
		"Deposits":                "Consignaciones",
		"History":                 "Historial",
	}
}

// spanishCharges returns the Spanish of what charges are for.
func spanishCharges() map[string]string {
	return map[string]string{
		"Registration":                 "Registro",
		"Renewal":                      "Renovación",
		"Automatic renewal":            "Renovación automática",
		"Restoring":                    "Restauración",
		"Transfer":                     "Transferencia",
		"Deletes above the free limit": "Eliminaciones por encima del límite gratuito",
		"Reinstatement fee":            "Cargo por reactivación",
		"Fee for too few new names":    "Cargo por pocos nombres nuevos",
		"Fees":                         "Otros cargos",
	}
}

// spanishStatement returns the Spanish of the statement.
func spanishStatement() map[string]string {
	return map[string]string{
		"Everything that moved your balance or set something aside. Days are of UTC.": "Todo lo que movió su saldo o reservó algo. Los días son de UTC.",
		"CSV file":               "Archivo CSV",
		"First day":              "Primer día",
		"Last day":               "Último día",
		"Show":                   "Mostrar",
		"All entries":            "Todos los movimientos",
		"What moved the balance": "Lo que movió el saldo",
		"Order":                  "Orden",
		"Latest first":           "El último primero",
		"Earliest first":         "El primero primero",
		"What":                   "Qué",
		"Time":                   "Cuándo",
		"Change":                 "Cambio",
		"Set aside in all":       "Reservado en total",
		"Balance before these entries: %s. After them: %s.": "Saldo antes de estos movimientos: %s. Después: %s.",
		"No entries in this time":                           "No hay movimientos en estos días",
		"Choose other days.":                                "Elija otros días.",
		"This is no day such as 2026-10-31.":                "Esto no es un día como 2026-10-31.",
		"The last day is before the first.":                 "El último día es anterior al primero.",
		"Taken back":                                        "Anulado",
		"Set aside no longer":                               "Ya no reservado",
		"Deposit":                                           "Consignación",
		"Written off":                                       "Deuda dada de baja",
		"Credit":                                            "Abono",
		"Debit":                                             "Débito",
		"Charged":                                           "Cobrado",
	}
}

// spanishOpen returns the Spanish of open charges.
func spanishOpen() map[string]string {
	return map[string]string{
		"What was ordered and is not charged yet, with when that will be. A delete before then undoes it.": "Lo pedido y aún no cobrado, y cuándo se cobrará. Si el nombre se elimina antes, se deshace.",
		"names: %s":                         "nombres: %s",
		"Automatic renewals, not set aside": "Renovaciones automáticas, sin reserva",
		"Name":                              "Nombre",
		"For":                               "Por",
		"Ordered":                           "Pedido",
		"Charged on":                        "Se cobra el",
		"Amount":                            "Importe",
		"Yes":                               "Sí",
		"No":                                "No",
	}
}

// spanishInvoices returns the Spanish of invoices.
func spanishInvoices() map[string]string {
	return map[string]string{
		"One for each month in which something was charged, made when the month is over. It was taken from your balance already: nothing on it is to be paid again.": "Una por cada mes en que se cobró algo, hecha al terminar el mes. Ya se descontó de su saldo: nada de ella se paga de nuevo.",
		"Invoice":                 "Factura",
		"Month":                   "Mes",
		"Paid in":                 "Consignado",
		"Balance at the end":      "Saldo final",
		"%s as PDF":               "%s en PDF",
		"%s as CSV":               "%s en CSV",
		"There is no invoice yet": "Todavía no hay facturas",
		"The first one comes after the first month in which something is charged.": "La primera llega después del primer mes en que se cobre algo.",
		"of %s":                    "de %s",
		"Zone":                     "Zona",
		"Number":                   "Cantidad",
		"The account":              "La cuenta",
		"Balance at the beginning": "Saldo inicial",
		"Credits and corrections":  "Abonos y correcciones",
		"Fees waived":              "Cargos condonados",
		"Adjustments":              "Ajustes",
	}
}

// spanishDeposits returns the Spanish of deposits.
func spanishDeposits() map[string]string {
	return map[string]string{
		"How to pay in, and what came in.": "Cómo consignar, y qué se ha recibido.",
		"How to pay in":                    "Cómo consignar",
		"Name your registrar id in the transfer, so that the payment is found:":                                  "Indique su id de registrador en la transferencia, para que se encuentre el pago:",
		"The registry has not written its bank details here. Ask it where to pay to.":                            "El registro no ha escrito aquí sus datos bancarios. Pregúntele a dónde pagar.",
		"A payment counts from the moment in which the registry records it. A hold that it covers ends at once.": "Un pago cuenta desde el momento en que el registro lo anota. Si cubre una espera, esta termina enseguida.",
		"Reference":               "Referencia",
		"Recorded":                "Anotada",
		"Day at the bank":         "Día en el banco",
		"Balance after it":        "Saldo resultante",
		"Receipt":                 "Recibo",
		"Receipt %s as PDF":       "Recibo %s en PDF",
		"Nothing was paid in yet": "Todavía no se ha consignado nada",
	}
}

// spanishHistory returns the Spanish of the history.
func spanishHistory() map[string]string {
	return map[string]string{
		"What was charged, and how many names you had. A month in which everything is charged is what its invoice says.": "Lo que se cobró, y cuántos nombres tenía. Un mes en que todo está cobrado coincide con su factura.",
		"By":         "Por",
		"Months":     "Meses",
		"Weeks":      "Semanas",
		"How many":   "Cuántos",
		"In figures": "En cifras",
		"Of these":   "De estos",
		"until now":  "hasta ahora",
		"%s registered, %s gone, %s transferred in, %s out": "%s registrados, %s desaparecidos, %s recibidos en transferencia, %s cedidos",
		"Charged, by month":                 "Cobrado, por mes",
		"Charged, by week":                  "Cobrado, por semana",
		"Nothing was charged in this time.": "No se cobró nada en este tiempo.",
		"%s in all; most in %s, %s.":        "%s en total; lo más alto en %s, %s.",
		"Names at the end of each month":    "Nombres al final de cada mes",
		"Names at the end of each week":     "Nombres al final de cada semana",
		"%s at first, %s now.":              "%s al principio, %s ahora.",
	}
}

// spanishPrices returns the Spanish of prices.
func spanishPrices() map[string]string {
	return map[string]string{
		"What names cost you now, unless they have a price of their own.": "Lo que le cuestan ahora los nombres, salvo los que tienen precio propio.",
		"Premium names": "Nombres premium",
		"The registry's terms change, and prices may with them:": "Las condiciones del registro cambian, y los precios pueden cambiar con ellas:",
		"Years":                         "Años",
		"instead of %s: %s":             "en vez de %s: %s",
		"Restoring: %s, and a renewal.": "Restauración: %s, y una renovación.",
		"A delete within %d days of a registration, %d of a renewal or %d of a transfer gives the charge back.": "Si se elimina dentro de %d días de un registro, %d de una renovación o %d de una transferencia, se devuelve el cargo.",
		"Promotions for you":              "Promociones para usted",
		"Promotion":                       "Promoción",
		"Price of a year":                 "Precio de un año",
		"Where":                           "Dónde",
		"Begins":                          "Empieza",
		"Ends":                            "Termina",
		"Also":                            "Además",
		"of so many years: %s":            "de estos años: %s",
		"no end":                          "sin fin",
		"left: %d.":                       "quedan: %d.",
		"Premium names too.":              "También nombres premium.",
		"The command has to say the fee.": "El comando tiene que indicar el precio.",
		"There is none now, and none is planned.": "Ahora no hay ninguna, ni se prevé otra.",
		"Tiers of premium names":                  "Niveles de nombres premium",
		"Tier":                                    "Nivel",
		"Prices are of one year. Names can have prices of their own instead.": "Los precios son de un año. Hay nombres que tienen precio propio.",
		"The second and each later hold of a calendar year costs %s.":         "La segunda espera de un año calendario, y cada una después, cuesta %s.",
		"%d%% off":  "%d%% menos",
		"all zones": "todas las zonas",
	}
}

// spanishPremium returns the Spanish of premium names.
func spanishPremium() map[string]string {
	return map[string]string{
		"Names with a price of their own, as they cost you now, for one year.": "Nombres con precio propio, como le cuestan ahora, por un año.",
		"Begins with":   "Empieza por",
		"All zones":     "Todas las zonas",
		"From price":    "Precio desde",
		"To price":      "Precio hasta",
		"Search":        "Buscar",
		"For you":       "Para usted",
		"Available":     "Disponible",
		"Not available": "No disponible",
		"Nothing so far. There are more names to look at.": "Nada hasta aquí. Quedan nombres por revisar.",
		"No premium name fits":                             "Ningún nombre premium coincide",
		"This is no amount such as 150 or 1500.00.":        "Esto no es un importe como 150 o 1500.00.",
	}
}
