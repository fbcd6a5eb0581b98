"""add letterheads."""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('letterhead',
    sa.Column('board_id', sa.Uuid(), nullable=False),
    sa.Column('address_en', sa.Text(), nullable=False, comment='line by line'),
    sa.Column('address_cy', sa.Text(), nullable=False, comment='line by line'),
    sa.Column('logo', sa.LargeBinary(), nullable=True, comment='PNG or JPEG; null: none'),
    sa.Column('logo_type', sa.Text(), nullable=False, comment='media type, found from the bytes'),
    sa.ForeignKeyConstraint(['board_id'], ['board.id'], name=op.f('fk_letterhead_board_id_board')),
    sa.PrimaryKeyConstraint('board_id', name=op.f('pk_letterhead'))
    )


def downgrade() -> None:
    op.drop_table('letterhead')
