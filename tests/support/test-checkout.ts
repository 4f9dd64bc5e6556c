/** Presses a button of a page of the test checkout, as a browser does. Answers the page that follows. */
export async function press(url: string, button: 'pay' | 'cancel' | 'expire'): Promise<string> {
  const answer = await fetch(url, {
    method: 'POST',
    body: new URLSearchParams({ do: button }),
    headers: { origin: new URL(url).origin },
  })
  if (answer.status !== 200) throw new Error(`${button}: ${answer.status} ${await answer.text()}`)
  return await answer.text()
}
