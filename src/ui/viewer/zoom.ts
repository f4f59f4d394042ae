/** How a picture lies in the stage: scale 1 fits it whole; x and y move its middle away from the stage's. */
export type View = { scale: number; x: number; y: number };
export type Size = { width: number; height: number };
export type Point = { x: number; y: number };

export const FIT: View = { scale: 1, x: 0, y: 0 };

/** The size of a picture that lies whole in the stage. It is never drawn larger than it is, only on request. */
export function fitted(picture: Size, stage: Size): Size {
  const ratio = Math.min(stage.width / picture.width, stage.height / picture.height, 1);
  return { width: picture.width * ratio, height: picture.height * ratio };
}

/** The scale at which one pixel of the picture is one CSS pixel. */
export const fullScale = (picture: Size, stage: Size) =>
  picture.width / Math.max(1, fitted(picture, stage).width);

export const maxScale = (picture: Size, stage: Size) => Math.max(4, fullScale(picture, stage) * 2);

const within = (value: number, room: number) => Math.min(room, Math.max(-room, value)) || 0;

/** Keeps the picture over the stage: no empty edge where the picture is larger, centred where it is not. */
export function clampView(view: View, picture: Size, stage: Size): View {
  const scale = Math.min(Math.max(view.scale, 1), maxScale(picture, stage));
  const size = fitted(picture, stage);
  const roomX = Math.max(0, (size.width * scale - stage.width) / 2);
  const roomY = Math.max(0, (size.height * scale - stage.height) / 2);
  return { scale, x: within(view.x, roomX), y: within(view.y, roomY) };
}

/** Scales about a point, given from the stage's middle: what is under it stays under it. */
export function zoomAt(view: View, scale: number, point: Point, picture: Size, stage: Size): View {
  const next = Math.min(Math.max(scale, 1), maxScale(picture, stage));
  const factor = next / view.scale;
  return clampView(
    { scale: next, x: point.x - (point.x - view.x) * factor, y: point.y - (point.y - view.y) * factor },
    picture,
    stage,
  );
}
