package console

func spanishRefusalsWritten() map[string]string {
	return map[string]string{
		"This is no valid name: %s": "Esto no es un nombre válido: %s",
		"each part between dots has at most 63 characters; in one with accents or other letters, each of those counts as several.": "cada parte entre puntos tiene como mucho 63 caracteres; en una con acentos u otras letras, cada una de estas cuenta como varios.",
		"%s begins with a hyphen.": "%s empieza con un guion.",
		"%s ends with a hyphen.":   "%s termina con un guion.",
		"%s has two hyphens in third and fourth place, which is kept for coded names.": "%s tiene dos guiones en tercer y cuarto lugar, lo que se reserva para nombres codificados.",
		"%s has an underscore. Only letters, digits and hyphens can be in a name.":     "%s tiene un guion bajo. En un nombre solo caben letras, cifras y guiones.",
		"%s has a blank. Only letters, digits and hyphens can be in a name.":           "%s tiene un espacio. En un nombre solo caben letras, cifras y guiones.",
		"%s has the sign %s. Only letters, digits and hyphens can be in a name.":       "%s tiene el signo %s. En un nombre solo caben letras, cifras y guiones.",
		"its last part, %s, has only digits, as in an IP address.":                     "su última parte, %s, solo tiene cifras, como una dirección IP.",
		"%s is no name with accents or other letters as the rules for these have it.":  "%s no es un nombre con acentos u otras letras como lo piden sus reglas.",
		"%s mixes letters that are written from the left and from the right.":          "%s mezcla letras que se escriben desde la izquierda y desde la derecha.",
		"%s has letters that a name cannot have.":                                      "%s tiene letras que un nombre no puede tener.",
		"it is empty.":                     "está vacío.",
		"it has more than 253 characters.": "tiene más de 253 caracteres.",
		"it ends with a dot.":              "termina con un punto.",
		"there is nothing between two dots, or before the first.": "no hay nada entre dos puntos, o antes del primero.",
		"write it as %s.": "escríbalo así: %s.",
		"it has letters that a name cannot have, or is too long with them.":                             "tiene letras que un nombre no puede tener, o es demasiado largo con ellas.",
		"it has signs that cannot be read.":                                                             "tiene signos que no se pueden leer.",
		"This zone has no alphabet with %s (%s). Choose a name without it.":                             "Esta zona no tiene ningún alfabeto con %s (%s). Elija un nombre sin ese signo.",
		"No alphabet of this zone has these letters together, or in these places. Choose another name.": "Ningún alfabeto de esta zona tiene estas letras juntas, o en estos lugares. Elija otro nombre.",
	}
}

func spanishRefusalsTransfers() map[string]string {
	return map[string]string{
		"Only the registrar that asked for the transfer cancels it.":                                                    "Solo el registrador que pidió la transferencia la cancela.",
		"Only the present registrar approves or rejects the transfer.":                                                  "Solo el registrador actual aprueba o rechaza la transferencia.",
		"This transfer is between other registrars. It takes the transfer code.":                                        "Esta transferencia es entre otros registradores. Hace falta el código de transferencia.",
		"This code is too easy to guess. Take 22 random letters and digits, or leave the field empty.":                  "Este código es demasiado fácil de adivinar. Use 22 letras y cifras al azar, o deje el campo vacío.",
		"A server of this name belongs to %s, which has another registrar. Ask that registrar.":                         "Un servidor con este nombre pertenece a %s, que es de otro registrador. Pregúntele a él.",
		"A server of this name belongs to %s, which is deleted (%s). Restore that first.":                               "Un servidor con este nombre pertenece a %s, que está eliminado (%s). Restáurelo primero.",
		"A server of this name belongs to %s, which only the registry registers. Choose one below a name of yours.":     "Un servidor con este nombre pertenece a %s, que solo registra el registro. Elija uno debajo de un nombre suyo.",
		"A server of this name belongs to %s, which the registry does not give away. Choose one below a name of yours.": "Un servidor con este nombre pertenece a %s, que el registro no entrega. Elija uno debajo de un nombre suyo.",
		"A server of this name belongs to %s, which nobody has registered. Register that first.":                        "Un servidor con este nombre pertenece a %s, que nadie ha registrado. Regístrelo primero.",
		"A name server has %s addresses at most. Leave some out.":                                                       "Un servidor de nombres tiene como mucho %s direcciones. Quite algunas.",
		"this address is for private networks (%s): nobody reaches it from the Internet. Write a public one.":           "esta dirección es de redes privadas (%s): nadie llega a ella desde internet. Escriba una pública.",
		"No name server begins like this. Write letters, digits, hyphens and dots.":                                     "Ningún servidor de nombres empieza así. Escriba letras, cifras, guiones y puntos.",
	}
}

func spanishRefusalsAsked() map[string]string {
	return map[string]string{
		"This asks for too much on one page.":                                                  "Esto pide demasiado en una página.",
		"Choose what contacts are sought by.":                                                  "Elija por qué se buscan los contactos.",
		"Choose one of the orders that are offered.":                                           "Elija uno de los órdenes que se ofrecen.",
		"Choose one of the states that are offered.":                                           "Elija uno de los estados que se ofrecen.",
		"The highest price is below the lowest. Write the lower one first.":                    "El precio más alto es menor que el más bajo. Escriba primero el menor.",
		"The end is before the beginning. Choose a later end.":                                 "El final es anterior al comienzo. Elija un final posterior.",
		"The past is shown for %s months or weeks at most.":                                    "El pasado se muestra por %s meses o semanas como mucho.",
		"This instant has passed. Choose one that is ahead.":                                   "Este instante ya pasó. Elija uno por venir.",
		"This page of the list is not there any more. Begin at the first one.":                 "Esta página de la lista ya no está. Empiece por la primera.",
		"The statement is another registrar's.":                                                "El extracto es de otro registrador.",
		"The log is another registrar's.":                                                      "El registro de operaciones es de otro registrador.",
		"These are the users of another registrar.":                                            "Estos son los usuarios de otro registrador.",
		"The account is another registrar's.":                                                  "La cuenta es de otro registrador.",
		"There is no history of this.":                                                         "No hay historial de esto.",
		"There is none, and there never was. Check its spelling.":                              "No hay ninguno ni lo ha habido. Revise cómo se escribe.",
		"There is no such invoice.":                                                            "No hay tal factura.",
		"There is no such receipt.":                                                            "No hay tal recibo.",
		"Only a payment that was booked, and not taken back, has a receipt.":                   "Solo un pago que se anotó, y no se devolvió, tiene recibo.",
		"Receipts are written in English and Spanish. Choose one.":                             "Los recibos se escriben en inglés y español. Elija uno.",
		"What fell due on %s is not booked yet. Try again in a minute.":                        "Lo que venció el %s todavía no se ha anotado. Inténtelo de nuevo en un minuto.",
		"This month is not closed yet; %s comes first.":                                        "Este mes todavía no se ha cerrado; antes va %s.",
		"The month is not over. Wait until its end.":                                           "El mes no ha terminado. Espere a que acabe.",
		"There is no such registrar.":                                                          "No hay tal registrador.",
		"This registration was not credited in the month.":                                     "Este registro no se abonó en el mes.",
		"Your account is on hold: its balance of %s is below the minimum of %s. Pay in first.": "Su cuenta está retenida: su saldo de %s es menor que el mínimo de %s. Ingrese fondos primero.",
	}
}

func spanishRefusalsFair() map[string]string {
	return map[string]string{
		"The registry has closed this to your account until %s. Ask the registry.":                    "El registro ha cerrado esto a su cuenta hasta el %s. Pregunte al registro.",
		"The registry has closed this to your account since %s. Ask the registry.":                    "El registro ha cerrado esto a su cuenta desde el %s. Pregunte al registro.",
		"The registry has closed this to your account: %s. Ask the registry.":                         "El registro ha cerrado esto a su cuenta: %s. Pregunte al registro.",
		"The registry has closed this to your account. Ask the registry.":                             "El registro ha cerrado esto a su cuenta. Pregunte al registro.",
		"This was done too often in a short time. Wait %s, then do it again.":                         "Esto se hizo demasiadas veces en poco tiempo. Espere %s y hágalo de nuevo.",
		"%s bulk actions are kept, and no more. Remove one that has ended.":                           "Se guardan %s acciones en bloque y no más. Quite una que haya terminado.",
		"%s bulk actions have not ended, and no more go on at once. Wait for one to end, or stop it.": "%s acciones en bloque no han terminado, y no van más a la vez. Espere a que termine una, o deténgala.",
		"A bulk action has %s names at most. Make several.":                                           "Una acción en bloque tiene como mucho %s nombres. Haga varias.",
		"This page is too old. Open it again.":                                                        "Esta página es demasiado antigua. Ábrala de nuevo.",
		"This bulk action cannot run now. Wait for its preview, or make another.":                     "Esta acción en bloque no puede ejecutarse ahora. Espere su vista previa o haga otra.",
		"This bulk action is being worked on. Stop it first.":                                         "Esta acción en bloque está en marcha. Deténgala primero.",
		"The password was wrong too often. Wait %s seconds.":                                          "La contraseña fue incorrecta demasiadas veces. Espere %s segundos.",
		"Too much was tried from your network. Wait %s seconds.":                                      "Se intentó demasiado desde su red. Espere %s segundos.",
		"There is an invisible character here (%s). Write the text again without it.":                 "Aquí hay un carácter invisible (%s). Escriba el texto de nuevo sin él.",
		"This has %s characters at most. Shorten it.":                                                 "Esto tiene como mucho %s caracteres. Acórtelo.",
		"An address has three lines of street at most.":                                               "Una dirección tiene como mucho tres líneas de calle.",
		"A line of the street is empty. Leave it out.":                                                "Una línea de la calle está vacía. Quítela.",
		"Fill this in.": "Rellene esto.",
		"A contact for the role %s is needed. Give its id.":                                                              "Hace falta un contacto para la función %s. Dé su id.",
		"This cannot be a password: one has %s to %s characters, no blank at its ends or beside another, and is not %s.": "Esto no puede ser una contraseña: tiene de %s a %s caracteres, sin espacios en los extremos ni seguidos, y no es %s.",
		"EPP and FTPS have passwords of their own. Choose another.":                                                      "EPP y FTPS tienen cada uno su contraseña. Elija otra.",
	}
}

func spanishRefusalsSandbox() map[string]string {
	return map[string]string{
		"%s is no length of time such as 2w, 46d or 1d12h30m.":                       "%s no es un lapso de tiempo como 2w, 46d o 1d12h30m.",
		"The clock shows %s and never goes back to %s.":                              "El reloj marca %s y nunca retrocede a %s.",
		"The clock can be moved to %s at the latest.":                                "El reloj se puede mover hasta el %s como mucho.",
		"The clock is moved by %s years at most at a time. Move it several times.":   "El reloj se mueve como mucho %s años de una vez. Muévalo varias veces.",
		"%s is no instant such as 2027-01-31 or 2027-01-31 12:00.":                   "%s no es un instante como 2027-01-31 o 2027-01-31 12:00.",
		"There is a test environment already: %s.":                                   "Ya hay un entorno de pruebas: %s.",
		"There are %s credentials, and no more can be.":                              "Hay %s credenciales y no puede haber más.",
		"There is no credential %s.":                                                 "No hay ninguna credencial %s.",
		"The test environment has %s MB of the %s that it may have. Reset it.":       "El entorno de pruebas tiene %s MB de los %s que puede tener. Reinícielo.",
		"The clock moves just now. Wait for its answer.":                             "El reloj se está moviendo. Espere su respuesta.",
		"Many clocks move just now, and yours was not moved. Try again in a minute.": "Se están moviendo muchos relojes y el suyo no se movió. Inténtelo de nuevo en un minuto.",
		"There is no test environment yet. Make one first.":                          "Todavía no hay entorno de pruebas. Haga uno primero.",
		"The test environment is not available. Ask the registry.":                   "El entorno de pruebas no está disponible. Pregunte al registro.",
	}
}
